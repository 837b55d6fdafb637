import { closestMatch } from 'leven'
import type { z } from 'zod'
import type { SpecIssue } from '../errors.ts'

/** Long values are cut: a 40,000-character prompt helps nobody in an error. */
const QUOTE_MAX_CHARACTERS = 60

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
  const [first, ...rest] = error.issues.flatMap((issue) => describe(issue, input, known))
  if (!first) throw new TypeError('a ZodError without issues')
  return [first, ...rest]
}

function describe(issue: z.core.$ZodIssue, input: unknown, known: Iterable<string>): SpecIssue[] {
  const field = fieldName(issue.path)
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownField(fieldName([...issue.path, key]), key, known))
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
  return { field, detail: `${field} is not a field of a picture: ${hint}`, accepts }
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
      return `must be ${article(issue.expected)}`
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

function article(type: string): string {
  if (type === 'int') return 'a whole number'
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`
}

/** `['font_inputs', 0, 'text']` as `font_inputs[0].text`; the whole spec is `spec`. */
function fieldName(path: readonly PropertyKey[]): string {
  const name = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
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
  const json = JSON.stringify(value) ?? String(value)
  return json.length <= QUOTE_MAX_CHARACTERS
    ? json
    : `${json.slice(0, QUOTE_MAX_CHARACTERS)}… (${json.length} characters)`
}
