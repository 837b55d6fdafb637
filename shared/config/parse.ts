import { closestMatch } from 'leven'
import * as z from 'zod'
import { quote, specIssues } from '../spec/issues.ts'
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

type Path = readonly PropertyKey[]

/** One thing that is wrong with the structure of `easel.yml`. */
export interface ConfigIssue {
  /** Where: `['images', 2, 'aspect_ratio']`. */
  readonly path: Path
  /** It is the key that is wrong, not its value. */
  readonly isKey?: true
  /** One sentence: what is wrong, what would be right. */
  readonly detail: string
}

/** What of a config is right. What isn't stands in `issues`, so that everything else can still be checked. */
export interface ParsedConfig {
  readonly issues: readonly ConfigIssue[]
  readonly defaults: PartialImage | undefined
  /** By name; `undefined` where a preset is there and wrong. */
  readonly presets: ReadonlyMap<string, PartialImage | undefined>
  /** By position in `images`, without the fields that are wrong; `undefined` where too little is left. */
  readonly images: readonly (ImageEntry | undefined)[]
  /** Globs of Markdown files, as written. */
  readonly markdown: readonly string[]
  readonly siteRoot: string | undefined
}

/** The top level alone: its parts are parsed one by one, so that one mistake hides no other. */
const outline = z.strictObject({
  version: z.literal(CONFIG_VERSION),
  defaults: z.unknown().optional(),
  presets: z.record(z.string(), z.unknown()).optional(),
  images: z.array(z.unknown()).optional(),
  markdown: easelConfigSchema.shape.markdown,
  site_root: easelConfigSchema.shape.site_root,
})

/** Keys that people may expect, and why they aren't there. */
const NOT_HERE: ReadonlyMap<string, string> = new Map([
  ['n', 'one path holds one image. Give each its own entry, with take: 2, 3, …'],
])

/** The same of a comment in Markdown. */
const NOT_IN_COMMENTS: ReadonlyMap<string, string> = new Map([
  ['n', 'one path holds one image.'],
  ['path', 'the path is that of the image behind the comment.'],
  ['alt', 'the alt text is that of the image behind the comment.'],
])

/**
 * The content of an `easel.yml`, field by field.
 *
 * @param value  the YAML as plain data
 */
export function parseConfig(value: unknown): ParsedConfig {
  const issues: ConfigIssue[] = []

  function parsePart<T>(schema: z.ZodType<T>, part: unknown, path: Path, what: string): T | undefined {
    const result = schema.safeParse(part)
    if (result.success) return result.data
    issues.push(...describe(result.error, part, path, schema, what))
    return undefined
  }

  if (!isRecord(value)) {
    const found = value === null || value === undefined ? 'is empty' : `holds ${quote(value)}`
    issues.push({ path: [], detail: `The file ${found}: it must begin with version: ${CONFIG_VERSION}.` })
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
  // `defaults:` with nothing below it is null in YAML.
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
        parsePart(imageEntrySchema, entry, ['images', index], 'an image') ?? withoutMistakes(entry),
    ),
    markdown: globs.data ?? [],
    siteRoot: siteRoot.data,
    issues,
  }
}

/**
 * The content of an `easel` comment in Markdown, field by field.
 *
 * @param value  its YAML as plain data
 * @returns no fields when something is wrong
 */
export function parseComment(value: unknown): {
  readonly fields: CommentFields | undefined
  readonly issues: readonly ConfigIssue[]
} {
  // A comment with nothing in it is null in YAML.
  const input = value ?? {}
  const result = commentSchema.safeParse(input)
  if (result.success) return { fields: result.data, issues: [] }
  return { fields: undefined, issues: [...describe(result.error, input, [], commentSchema, 'a comment')] }
}

/** Fields without which the others can't be judged. */
const ESSENTIAL = ['path', 'prompt', 'preset', 'model'] as const

/** The image without what is wrong with it, so that the rest of it is checked, too. */
function withoutMistakes(entry: unknown): ImageEntry | undefined {
  const { error } = imageEntrySchema.safeParse(entry)
  if (!isRecord(entry) || !error) return undefined
  const wrong = new Set<PropertyKey | undefined>(
    error.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : [issue.path[0]],
    ),
  )
  if ([undefined, ...ESSENTIAL].some((field) => wrong.has(field))) return undefined
  const rest = Object.fromEntries(Object.entries(entry).filter(([key]) => !wrong.has(key)))
  // A misspelt prompt is one mistake, not two.
  if (rest['prompt'] === undefined) return undefined
  return imageEntrySchema.safeParse(rest).data
}

function* describe(
  error: z.ZodError,
  input: unknown,
  base: Path,
  schema: z.ZodType,
  what: string,
): Generator<ConfigIssue> {
  for (const issue of error.issues) {
    const path = [...base, ...issue.path]
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
  const why = (what === 'a comment' ? NOT_IN_COMMENTS : NOT_HERE).get(key)
  if (why) return `${key} is not a field of ${what}: ${why}`
  const closest = closestMatch(key, known, { maxDistance: Math.max(1, Math.min(3, key.length - 2)) })
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
