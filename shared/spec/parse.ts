import type { z } from 'zod'
import { DEFAULT_MODEL } from '../default-model.ts'
import { DELIVERY_NAMES } from '../delivery-parameters.ts'
import { InvalidSpecError } from '../errors.ts'
import { readNumber } from '../url/query-values.ts'
import type { SpecIssue } from '../spec/spec-issue.ts'
import { specIssues } from './issues.ts'
import { crossFieldIssues } from './rules.ts'
import {
  type ImageSpec,
  type ImageSpecInput,
  imageSpecInputSchema,
  imageSpecSchema,
  type Preset,
  QUERY_FORMS,
  SPEC_FIELDS,
} from './schema.ts'
import { quote, specIssue } from './spec-issue.ts'

/** Where the fields come from that a spec leaves out. */
export interface SpecDefaults {
  readonly defaults?: Preset
  readonly presets?: Readonly<Record<string, Preset>>
  /** The model to use when neither spec, preset nor defaults name one. */
  readonly model?: string
}

/**
 * Checks a spec from JSON or YAML, field by field.
 *
 * @throws {InvalidSpecError} naming every wrong field, its value and what is accepted
 */
export function parseSpecInput(input: unknown): ImageSpecInput {
  return parsed(imageSpecInputSchema.safeParse(input), input)
}

/**
 * Reads a spec from a URL's query: each scalar field once, `input_images` and `models` as often as needed.
 *
 * @throws {InvalidSpecError} as {@link parseSpecInput}, and when a scalar is repeated or a field needs JSON
 */
export function parseSpecQuery(query: URLSearchParams): ImageSpecInput {
  // Entries, not assignments: a parameter called `__proto__` must be refused, not lost.
  const input: [field: string, value: unknown][] = []
  const issues: SpecIssue[] = []
  for (const field of new Set(query.keys())) {
    const values = query.getAll(field)
    const [value = ''] = values
    const form = QUERY_FORMS.get(field)
    if (form === 'repeated') {
      input.push([field, values])
    } else if (form === 'json') {
      const detail = `${field} does not fit into a URL: send the spec as JSON to POST /v1/images.`
      issues.push(specIssue([field], detail))
    } else if (values.length > 1) {
      issues.push(specIssue([field], `${field} is given ${values.length} times: give it once.`))
    } else {
      input.push([field, form === 'number' ? readNumber(value) : value])
    }
  }
  const [first, ...rest] = issues
  if (first) throw new InvalidSpecError([first, ...rest])
  const spec = Object.fromEntries(input)
  return parsed(imageSpecInputSchema.safeParse(spec), spec, [...SPEC_FIELDS, ...DELIVERY_NAMES])
}

/**
 * Completes a spec: its own fields win over the preset's, and those over the defaults. `{prompt}` in a preset's
 * prompt is replaced by the spec's own.
 *
 * @throws {InvalidSpecError} when the preset is unknown, `prompt` or `model` is still missing, or fields contradict
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
  const merged = [withoutUndefined(defaults), withoutUndefined(preset), written].reduce<SpecLayer>(
    applyLayer,
    model === undefined ? {} : { model },
  )
  const prompt =
    template === undefined ? merged.prompt : fillTemplate(template, written.prompt ?? defaults?.prompt)
  const asked = merged.models?.[0] ?? merged.model
  if (asked === undefined) throw new InvalidSpecError([specIssue(['model'], NO_MODEL)])
  const filled = { ...merged, ...(prompt !== undefined && { prompt }), model: asked }
  const spec = parsed(imageSpecSchema.safeParse(filled), filled)
  const [first, ...rest] = crossFieldIssues(spec)
  if (first) throw new InvalidSpecError([first, ...rest])
  return spec
}

const NO_MODEL = `model is missing: add it to the image or to defaults, such as ${DEFAULT_MODEL}. easel models and GET /v1/models list the models.`

type SpecLayer = Omit<ImageSpecInput, 'preset'>

/** Fields of a later layer win. `model` and `models` are one choice: naming either replaces both. */
function applyLayer(lower: SpecLayer, upper: SpecLayer): SpecLayer {
  if (upper.models && upper.model !== undefined && upper.model !== upper.models[0]) {
    throw new InvalidSpecError([
      specIssue(['models'], 'model and models are both set: leave one of them out.'),
    ])
  }
  const { model: _, models: __, ...rest } = lower
  return { ...(upper.model === undefined && !upper.models ? lower : rest), ...upper }
}

function parsed<T>(
  result: z.ZodSafeParseResult<T>,
  input: unknown,
  known: Iterable<string> = SPEC_FIELDS,
): T {
  if (result.success) return result.data
  throw new InvalidSpecError(specIssues(result.error, input, known))
}

/** A key whose value is `undefined` must not hide a default. */
function withoutUndefined<T extends object>(fields: T | undefined): Partial<T> {
  const given = Object.entries(fields ?? {}).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given) as Partial<T>
}

function fillTemplate(template: string, prompt: string | undefined): string {
  if (!template.includes('{prompt}')) return prompt === undefined ? template : `${template} ${prompt}`
  if (prompt === undefined) {
    const detail = 'prompt is missing: the preset’s prompt holds {prompt}, so the image needs one of its own.'
    throw new InvalidSpecError([specIssue(['prompt'], detail)])
  }
  return template.replaceAll('{prompt}', () => prompt)
}

function unknownPreset(name: string, presets: Readonly<Record<string, Preset>>): never {
  const accepts = Object.keys(presets)
  const known = accepts.length > 0 ? `known are ${accepts.join(', ')}` : 'the config has no presets'
  throw new InvalidSpecError([
    specIssue(['preset'], `preset is ${quote(name)}, which does not exist: ${known}.`, accepts),
  ])
}
