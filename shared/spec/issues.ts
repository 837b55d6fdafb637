import { closestMatch } from 'leven'
import type { z } from 'zod'
import type { SpecIssue } from '../errors.ts'
import { NESTED_FIELDS } from './schema.ts'

/** Long values are cut: a 40,000-character prompt helps nobody in an error. */
const QUOTE_MAX_CHARACTERS = 60

/** Who sends a thousand wrong fields is told of the first. */
const MAX_ISSUES = 20

/**
 * zod's issues as sentences that name the field, the value and what is accepted.
 *
 * @param error  what `safeParse` returned
 * @param input  the value that was parsed, to quote from
 * @param known  names that an unknown key may have been meant as
 */
export function specIssues(
  error: z.ZodError,
  input: unknown,
  known: Iterable<string>,
): [SpecIssue, ...SpecIssue[]] {
  const all = error.issues.slice(0, MAX_ISSUES).flatMap((issue) => describe(issue, input, known))
  const [first, ...rest] = all.slice(0, MAX_ISSUES)
  if (!first) throw new TypeError('a ZodError without issues')
  return [first, ...rest]
}

function describe(issue: z.core.$ZodIssue, input: unknown, known: Iterable<string>): SpecIssue[] {
  const field = fieldName(issue.path)
  if (issue.code === 'unrecognized_keys') {
    const parent = issue.path.findLast((key) => typeof key === 'string')
    const siblings = (parent === undefined ? undefined : NESTED_FIELDS.get(parent)) ?? known
    return issue.keys
      .slice(0, MAX_ISSUES)
      .map((key) => unknownField(fieldName([...issue.path, key]), key, siblings))
  }
  const value = valueAt(input, issue.path)
  if (value === undefined) return [{ field, detail: `${field} is missing: ${expectation(issue)}.` }]
  const accepts = accepted(issue)
  return [
    { field, detail: `${field} is ${quote(value)}: ${expectation(issue)}.`, ...(accepts && { accepts }) },
  ]
}

function unknownField(field: string, key: string, known: Iterable<string>): SpecIssue {
  const accepts = [...known]
  const closest = closestMatch(key, accepts, { maxDistance: 3 })
  const hint = closest ? `did you mean ${closest}?` : `known fields are ${accepts.join(', ')}.`
  return { field, detail: `${field} is not a field of an image: ${hint}`, accepts }
}

/** What the value should have been, after “must”. */
function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_value':
      return `accepted are ${issue.values.join(', ')}`
    case 'too_small':
      return `must be at least ${issue.minimum}${unit(issue.origin, Number(issue.minimum))}`
    case 'too_big':
      return `must be at most ${issue.maximum}${unit(issue.origin, Number(issue.maximum))}`
    case 'invalid_type':
      return `must be ${TYPE_NAMES[issue.expected] ?? `a ${issue.expected}`}`
    case 'invalid_key':
      return issue.issues[0]?.message ?? issue.message
    default:
      return issue.message
  }
}

function accepted(issue: z.core.$ZodIssue): string[] | undefined {
  return issue.code === 'invalid_value' ? issue.values.map(String) : undefined
}

function unit(origin: string, count: number): string {
  if (origin === 'string') return count === 1 ? ' character' : ' characters'
  if (origin === 'array') return count === 1 ? ' item' : ' items'
  return ''
}

/** What zod expects, as people call it. */
const TYPE_NAMES: Readonly<Record<string, string>> = {
  int: 'a whole number',
  string: 'a text',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
  boolean: 'true or false',
}

/** `['font_inputs', 0, 'text']` as `font_inputs[0].text`; the whole spec is `spec`. */
function fieldName(path: readonly PropertyKey[]): string {
  const name = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${cut(String(key))}`)).join('')
  return name.replace(/^\./, '') || 'spec'
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    input,
  )
}

/** A value as it may stand in a sentence: one line, cut. */
export function quote(value: unknown): string {
  return cut(asJson(value))
}

function asJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    // Nested deeper than the stack bears, or a kind of value that JSON doesn't have.
    return Array.isArray(value) ? '[…]' : `a ${typeof value}`
  }
}

function cut(text: string): string {
  if (text.length <= QUOTE_MAX_CHARACTERS) return text
  // The cut may go through a character of two units; half of one is no text.
  const start = text.slice(0, QUOTE_MAX_CHARACTERS).replace(/[\uD800-\uDBFF]$/, '')
  return `${start}… (${text.length} characters)`
}
