import type { z } from 'zod'
import { NESTED_FIELDS } from './schema.ts'
import { suggestField } from './suggest-field.ts'
import { fieldName, type FieldPath, quote, specIssue, type SpecIssue } from './spec-issue.ts'

/** Of a thousand wrong fields, only the first are reported. */
const MAX_ISSUES = 20

/**
 * zod's issues as sentences that name the field, the value and what is accepted.
 *
 * @param error  what `safeParse` returned
 * @param input  the value that was parsed, to quote from
 * @param known  the fields to suggest for an unknown key
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

/** zod's path without symbols, which neither JSON nor YAML can hold. */
export function fieldPath(path: readonly PropertyKey[]): FieldPath {
  return path.filter((step) => typeof step !== 'symbol')
}

function describe(issue: z.core.$ZodIssue, input: unknown, known: Iterable<string>): SpecIssue[] {
  const path = fieldPath(issue.path)
  if (issue.code === 'unrecognized_keys') {
    const parent = path.findLast((step) => typeof step === 'string')
    const siblings = (parent === undefined ? undefined : NESTED_FIELDS.get(parent)) ?? known
    return issue.keys.slice(0, MAX_ISSUES).map((key) => unknownField([...path, key], key, siblings))
  }
  const field = fieldName(path)
  const value = valueAt(input, path)
  if (value === undefined) return [specIssue(path, `${field} is missing: ${expectation(issue)}.`)]
  return [specIssue(path, `${field} is ${quote(value)}: ${expectation(issue)}.`, accepted(issue))]
}

function unknownField(path: FieldPath, key: string, known: Iterable<string>): SpecIssue {
  const accepts = [...known]
  const closest = suggestField(key, accepts)
  const hint = closest ? `did you mean ${closest}?` : `known fields are ${accepts.join(', ')}.`
  return specIssue(path, `${fieldName(path)} is not a field of an image: ${hint}`, accepts)
}

/** What the value should be: the second half of a sentence. */
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

/** zod's type names in plain words. */
const TYPE_NAMES: Readonly<Record<string, string>> = {
  int: 'a whole number',
  string: 'a string',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
  boolean: 'true or false',
}

function valueAt(input: unknown, path: FieldPath): unknown {
  return path.reduce<unknown>(
    (value, step) => (typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined),
    input,
  )
}
