import type { z } from 'zod'
import { InvalidSpecError, type SpecIssue } from '../errors.ts'
import { quote, specIssues } from './issues.ts'
import { crossFieldIssues } from './rules.ts'
import {
  type ImageSpec,
  type ImageSpecInput,
  imageSpecInputSchema,
  imageSpecSchema,
  type Preset,
  SPEC_FIELDS,
} from './schema.ts'

/** What fills in the fields that a person left out. */
export interface SpecDefaults {
  readonly defaults?: Preset
  readonly presets?: Readonly<Record<string, Preset>>
  /** The model where neither spec, preset nor defaults name one. */
  readonly model?: string
}

/**
 * A spec as someone sent it (JSON, YAML), checked field by field.
 *
 * @throws {InvalidSpecError} naming every field that is wrong, its value and what is accepted
 */
export function parseSpecInput(input: unknown): ImageSpecInput {
  return parsed(imageSpecInputSchema.safeParse(input), input)
}

/**
 * A spec from a URL's query: scalar fields, and `input_images` as often as needed.
 *
 * @throws {InvalidSpecError} also when a scalar is repeated, or a field needs JSON
 */
export function parseSpecQuery(query: URLSearchParams): ImageSpecInput {
  // Entries, not assignments: a parameter called `__proto__` must be seen, and refused.
  const input: [field: string, value: unknown][] = []
  const issues: SpecIssue[] = []
  for (const field of new Set(query.keys())) {
    const values = query.getAll(field)
    if (field === 'input_images') {
      input.push([field, values])
    } else if (JSON_ONLY_FIELDS.has(field)) {
      issues.push({
        field,
        detail: `${field} does not fit into a URL: send the spec as JSON to POST /v1/images.`,
      })
    } else if (values.length > 1) {
      issues.push({ field, detail: `${field} is given ${values.length} times: give it once.` })
    } else {
      input.push([field, NUMERIC_FIELDS.has(field) ? numberFrom(values[0] ?? '') : values[0]])
    }
  }
  const [first, ...rest] = issues
  if (first) throw new InvalidSpecError([first, ...rest])
  return parseSpecInput(Object.fromEntries(input))
}

/**
 * The complete spec: defaults, then the preset over them, then what was written over both. A preset's prompt
 * holds `{prompt}` where the written one goes.
 *
 * @throws {InvalidSpecError} when a preset is unknown, something needed is still missing, or fields contradict
 */
export function resolveSpec(
  input: ImageSpecInput,
  { defaults, presets = {}, model }: SpecDefaults = {},
): ImageSpec {
  const { preset: name, ...written } = withoutUndefined(input)
  const preset =
    name === undefined
      ? undefined
      : Object.hasOwn(presets, name)
        ? presets[name]
        : unknownPreset(name, presets)
  const template = preset?.prompt
  const merged = {
    ...(model !== undefined && { model }),
    ...withoutUndefined(defaults),
    ...withoutUndefined(preset),
    ...written,
  }
  if (template !== undefined) merged.prompt = fillTemplate(template, written.prompt ?? defaults?.prompt)
  const spec = parsed(imageSpecSchema.safeParse(merged), merged)
  const [first, ...rest] = crossFieldIssues(spec)
  if (first) throw new InvalidSpecError([first, ...rest])
  return spec
}

const NUMERIC_FIELDS: ReadonlySet<string> = new Set(['n', 'seed', 'output_compression', 'strength', 'take'])

/** Fields that don't fit into a URL. */
export const JSON_ONLY_FIELDS: ReadonlySet<string> = new Set([
  'font_inputs',
  'super_resolution_references',
  'rgb_colors',
  'background_rgb_color',
  'text_layout',
  'provider',
  'image_config',
])

function parsed<T>(result: z.ZodSafeParseResult<T>, input: unknown): T {
  if (result.success) return result.data
  throw new InvalidSpecError(specIssues(result.error, input, SPEC_FIELDS))
}

/** Plain decimals only, so that one number has one spelling; anything else stays text and fails by type. */
function numberFrom(text: string): number | string {
  return /^(0|[1-9]\d{0,15})(\.\d*[1-9])?$/.test(text) ? Number(text) : text
}

/** A key that is there with nothing under it must not hide a default. */
function withoutUndefined<T extends object>(fields: T | undefined): Partial<T> {
  const given = Object.entries(fields ?? {}).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given) as Partial<T>
}

function fillTemplate(template: string, prompt: string | undefined): string {
  if (!template.includes('{prompt}')) return prompt === undefined ? template : `${template} ${prompt}`
  if (prompt === undefined) {
    throw new InvalidSpecError([
      { field: 'prompt', detail: 'prompt is missing: the preset says {prompt} and needs one.' },
    ])
  }
  return template.replaceAll('{prompt}', () => prompt)
}

function unknownPreset(name: string, presets: Readonly<Record<string, Preset>>): never {
  const accepts = Object.keys(presets)
  const known = accepts.length > 0 ? `known are ${accepts.join(', ')}` : 'none are configured'
  throw new InvalidSpecError([
    { field: 'preset', detail: `preset is ${quote(name)}, which is not there: ${known}.`, accepts },
  ])
}
