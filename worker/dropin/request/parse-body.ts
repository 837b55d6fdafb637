import * as z from 'zod'
import { InvalidSpecError } from '../../../shared/errors.ts'
import { fieldPath, specIssues } from '../../../shared/spec/issues.ts'
import { fieldName, specIssue, type SpecIssue } from '../../../shared/spec/spec-issue.ts'
import type { Body } from './raw-body.ts'

/** Of a thousand wrong fields, only the first are reported. */
const MAX_ISSUES = 20

/** What OpenRouter would take, and bill, beside the image. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ...[
    'tools',
    'tool_choice',
    'parallel_tool_calls',
    'functions',
    'function_call',
    'plugins',
    'web_search_options',
  ].map((field) => [field, 'Easel runs no tools and no plugins'] as const),
  ...['reasoning', 'include_reasoning', 'reasoning_effort'].map(
    (field) => [field, 'reasoning has no price in the catalogue'] as const,
  ),
])

/**
 * Fields that say who asks and how the response travels. They decide nothing about the image and cost nothing.
 * {@link LABELS} are sent on, the others are not.
 */
export const transportFields = {
  stream: z.boolean().optional(),
  stream_options: z.record(z.string(), z.unknown()).optional(),
  user: z.unknown().optional(),
  session_id: z.unknown().optional(),
  trace: z.unknown().optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  usage: z.record(z.string(), z.unknown()).optional(),
  transforms: z.array(z.unknown()).optional(),
}

/** Fields for OpenRouter's records, which a spec has too. */
const LABELS = ['user', 'session_id', 'trace'] as const

/** The {@link LABELS} that a body has. */
export function labelsOf(body: Readonly<Partial<Record<(typeof LABELS)[number], unknown>>>): Body {
  return Object.fromEntries(
    LABELS.flatMap((label) => (body[label] === undefined ? [] : [[label, body[label]]])),
  )
}

/** The fields that name themselves in an error about an unknown one beside them, by the field that holds them. */
type Nested = Readonly<Record<string, readonly string[]>>

/**
 * A body, checked against a closed schema.
 *
 * @throws {InvalidSpecError} naming every wrong field, its value and what is accepted
 */
export function parseBody<Schema extends z.ZodObject>(
  schema: Schema,
  body: Body,
  nested: Nested = {},
): z.infer<Schema> {
  const refused = Object.keys(body).filter((field) => REFUSED.has(field))
  const [first, ...others] = refused.map((field) =>
    specIssue([field], `${field} is not accepted: ${REFUSED.get(field)}. Leave it out.`),
  )
  if (first) throw new InvalidSpecError([first, ...others])
  const { data, error } = schema.safeParse(body)
  if (!error) return data
  throw new InvalidSpecError(sentences(error, body, { ...nested, '': Object.keys(schema.shape) }))
}

function sentences(error: z.ZodError, body: Body, known: Nested): [SpecIssue, ...SpecIssue[]] {
  const all = error.issues.slice(0, MAX_ISSUES).flatMap((issue) => {
    const path = fieldPath(issue.path)
    if (issue.code !== 'unrecognized_keys') return specIssues(new z.ZodError([issue]), body, [])
    const siblings = known[path.findLast((step) => typeof step === 'string') ?? ''] ?? []
    return issue.keys.slice(0, MAX_ISSUES).map((key) => {
      const at = [...path, key]
      return specIssue(
        at,
        `${fieldName(at)} is not accepted here. Accepted are ${siblings.join(', ')}.`,
        siblings,
      )
    })
  })
  const [first, ...others] = all.slice(0, MAX_ISSUES)
  if (!first) throw new TypeError('a ZodError without issues')
  return [first, ...others]
}
