import type * as z from 'zod'
import { InvalidSpecError } from '../../shared/errors.ts'
import { specIssue } from '../../shared/spec/spec-issue.ts'

/**
 * A query by its schema, whose messages follow the parameter's name. Each parameter at most once, and no others.
 *
 * @throws {InvalidSpecError} naming the parameter
 */
export function parseQuery<Schema extends z.ZodObject>(
  query: URLSearchParams,
  schema: Schema,
): z.output<Schema> {
  const repeated = Array.from(query.keys()).find((name) => query.getAll(name).length > 1)
  if (repeated !== undefined) throw invalidParameter(repeated, 'must be given once')
  const { data, error } = schema.safeParse(Object.fromEntries(query))
  if (data) return data
  const [issue] = error?.issues ?? []
  if (issue?.code !== 'unrecognized_keys')
    throw invalidParameter(String(issue?.path[0]), issue?.message ?? 'is invalid')
  const known = Object.keys(schema.shape)
  throw invalidParameter(
    issue.keys.join(', '),
    `is not a parameter here; ${known.slice(0, -1).join(', ')} and ${known.at(-1)} are`,
  )
}

export function invalidParameter(name: string, rule: string): InvalidSpecError {
  return new InvalidSpecError([specIssue([name], `${name} ${rule}.`)])
}
