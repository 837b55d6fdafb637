import * as z from 'zod'
import { fieldPath, specIssues } from '../spec/issues.ts'
import { type FieldPath, quote } from '../spec/spec-issue.ts'
import { suggestField } from '../spec/suggest-field.ts'
import {
  type CommentFields,
  commentSchema,
  CONFIG_VERSION,
  easelConfigSchema,
  type ImageEntry,
  imageEntrySchema,
  type PartialImage,
  partialImageSchema,
} from './schema.ts'

/** One mistake in the structure of `easel.yml`. */
export interface ConfigIssue {
  /** Where: `['images', 2, 'aspect_ratio']`. */
  readonly path: FieldPath
  /** The key is wrong, not its value. */
  readonly isKey?: true
  /** One sentence: what is wrong, and what is accepted. */
  readonly detail: string
}

/** The valid parts of a config. The rest is in `issues`, so that one run reports every mistake. */
export interface ParsedConfig {
  readonly issues: readonly ConfigIssue[]
  readonly defaults: PartialImage | undefined
  /** By name; `undefined` for a preset with mistakes. */
  readonly presets: ReadonlyMap<string, PartialImage | undefined>
  /** By position in `images`, without invalid fields; `undefined` when too little is left to check. */
  readonly images: readonly (ImageEntry | undefined)[]
  /** Globs of Markdown files, as written. */
  readonly markdown: readonly string[]
  readonly siteRoot: string | undefined
}

/** The top level only. Its parts are parsed one by one, so that no mistake hides another. */
const outline = z.strictObject({
  version: z.literal(CONFIG_VERSION),
  defaults: z.unknown().optional(),
  presets: z.record(z.string(), z.unknown()).optional(),
  images: z.array(z.unknown()).optional(),
  markdown: easelConfigSchema.shape.markdown,
  site_root: easelConfigSchema.shape.site_root,
})

/** Keys that people may expect, and why they do not exist. */
const NOT_IN_CONFIG: ReadonlyMap<string, string> = new Map([
  ['n', 'one path holds one image. Give each its own entry, with take: 2, 3, …'],
])

/** The same for a comment in Markdown. */
const NOT_IN_COMMENTS: ReadonlyMap<string, string> = new Map([
  ['n', 'one path holds one image.'],
  ['path', 'the image after the comment has the path.'],
  ['alt', 'the image after the comment has the alt text.'],
])

/**
 * Checks the content of an `easel.yml`, field by field.
 *
 * @param value  the YAML as plain data
 */
export function parseConfig(value: unknown): ParsedConfig {
  const issues: ConfigIssue[] = []

  function parsePart<T>(schema: z.ZodType<T>, part: unknown, path: FieldPath, what: string): T | undefined {
    const result = schema.safeParse(part)
    if (result.success) return result.data
    issues.push(...describe(result.error, part, path, schema, what))
    return undefined
  }

  if (!isRecord(value)) {
    const found = value === null || value === undefined ? 'is empty' : `holds ${quote(value)}`
    issues.push({ path: [], detail: `The file ${found}: it must start with version: ${CONFIG_VERSION}.` })
    return {
      issues,
      defaults: undefined,
      presets: new Map(),
      images: [],
      markdown: [],
      siteRoot: undefined,
    }
  }
  parsePart(outline, value, [], 'easel.yml')
  const globs = outline.shape.markdown.safeParse(value['markdown'])
  const siteRoot = outline.shape.site_root.safeParse(value['site_root'])
  // An empty `defaults:` is null in YAML.
  const defaults = value['defaults'] ?? {}
  const presets = isRecord(value['presets']) ? Object.entries(value['presets']) : []
  const images: unknown[] = Array.isArray(value['images']) ? value['images'] : []
  return {
    defaults: parsePart(partialImageSchema, defaults, ['defaults'], 'defaults'),
    presets: new Map(
      presets.map(([name, preset]) => [
        name,
        parsePart(partialImageSchema, preset ?? {}, ['presets', name], 'a preset'),
      ]),
    ),
    images: images.map(
      (entry, index) =>
        parsePart(imageEntrySchema, entry, ['images', index], 'an image') ?? validPartOf(entry),
    ),
    markdown: globs.data ?? [],
    siteRoot: siteRoot.data,
    issues,
  }
}

/**
 * Checks the content of an `easel` comment in Markdown, field by field.
 *
 * @param value  its YAML as plain data
 * @returns no fields when there are issues
 */
export function parseComment(value: unknown): {
  readonly fields: CommentFields | undefined
  readonly issues: readonly ConfigIssue[]
} {
  // An empty comment is null in YAML.
  const input = value ?? {}
  const result = commentSchema.safeParse(input)
  if (result.success) return { fields: result.data, issues: [] }
  return { fields: undefined, issues: [...describe(result.error, input, [], commentSchema, 'a comment')] }
}

/** Fields that the others cannot be checked without. */
const ESSENTIAL = ['path', 'prompt', 'preset', 'model'] as const

/** The image without its invalid fields, so that the rest of it is checked, too. */
function validPartOf(entry: unknown): ImageEntry | undefined {
  const { error } = imageEntrySchema.safeParse(entry)
  if (!isRecord(entry) || !error) return undefined
  const invalid = new Set<PropertyKey | undefined>(
    error.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : [issue.path[0]],
    ),
  )
  if ([undefined, ...ESSENTIAL].some((field) => invalid.has(field))) return undefined
  const rest = Object.fromEntries(Object.entries(entry).filter(([key]) => !invalid.has(key)))
  // A misspelt `prompt` is one mistake, not two.
  if (rest['prompt'] === undefined) return undefined
  return imageEntrySchema.safeParse(rest).data
}

function* describe(
  error: z.ZodError,
  input: unknown,
  base: FieldPath,
  schema: z.ZodType,
  what: string,
): Generator<ConfigIssue> {
  for (const issue of error.issues) {
    const path = [...base, ...fieldPath(issue.path)]
    if (issue.code === 'unrecognized_keys') {
      const known = issue.path.length === 0 ? keysOf(schema) : []
      for (const key of issue.keys) {
        yield { path: [...path, key], isKey: true, detail: unknownKey(key, known, what) }
      }
    } else if (issue.path.length === 0) {
      yield { path, detail: `${what} is ${quote(input)}: it must be a list of fields and values.` }
    } else {
      const [{ detail }] = specIssues(new z.ZodError([issue]), input, [])
      yield { path, detail }
    }
  }
}

function unknownKey(key: string, known: readonly string[], what: string): string {
  const why = (what === 'a comment' ? NOT_IN_COMMENTS : NOT_IN_CONFIG).get(key)
  if (why) return `${key} is not a field of ${what}: ${why}`
  const closest = suggestField(key, known)
  if (closest) return `${key} is not a field of ${what}: did you mean ${closest}?`
  if (known.length === 0) return `${key} is not a known field.`
  return `${key} is not a field of ${what}: known are ${known.join(', ')}.`
}

function keysOf(schema: z.ZodType): string[] {
  if (!(schema instanceof z.ZodObject)) return []
  return Object.keys(schema === outline ? easelConfigSchema.shape : schema.shape)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
