import { EaselError } from '../../shared/errors.ts'
import { judge } from '../delivery/conditions.ts'

/** What preconditions compare. */
export interface Validators {
  /** Strong, with its quotes. */
  readonly etag: string
  /** Milliseconds since the epoch. */
  readonly lastModified: number
}

const PRECONDITIONS = ['If-Match', 'If-Unmodified-Since'] as const

export function hasPreconditions(headers: Headers): boolean {
  return PRECONDITIONS.some((name) => headers.has(name))
}

/**
 * Checks `If-Match` and `If-Unmodified-Since` before an image is generated, for a response that would fail afterwards
 * is billed all the same.
 *
 * @param current  the image that is to be replaced; `undefined` when there is none, which no `If-Match` matches, and
 *   whose successor is modified now
 * @throws {EaselError} `precondition_failed`
 */
export function assertPreconditions(headers: Headers, current: Validators | undefined): void {
  if (!hasPreconditions(headers)) return
  const compared = current ?? { etag: '', lastModified: Date.now() }
  const isRefused =
    (!current && headers.has('If-Match')) ||
    judge('GET', headers, { ...compared, byteLength: 0 }) === 'precondition_failed'
  if (!isRefused) return
  const what = current ? 'The cached image isn’t' : 'No image is cached here, so none is'
  throw new EaselError(
    'precondition_failed',
    `${what} the one that If-Match or If-Unmodified-Since names. Nothing was generated.`,
  )
}

/** For the response with what was just generated: the preconditions were about the image before it. */
export function withoutPreconditions(request: Request): Request {
  if (!hasPreconditions(request.headers)) return request
  const headers = new Headers(request.headers)
  for (const name of PRECONDITIONS) headers.delete(name)
  return new Request(request.url, { method: request.method, headers })
}
