import { EaselError } from '../../shared/errors.ts'

/** How large a body may be. */
export interface BodyLimit {
  readonly bytes: number
  /** For the error: `64 KiB`. */
  readonly name: string
}

/** The media type that a request says its body has, without parameters; empty when it says nothing. */
export function mediaTypeOf({ headers }: Request): string {
  return headers.get('Content-Type')?.split(';')[0]?.trim().toLowerCase() ?? ''
}

/**
 * A request's body as it arrives, as far as it may go.
 *
 * @throws {EaselError} `payload_too_large`, before anything is read where the request names its length
 */
export async function* readLimited(
  { headers, body }: Request,
  limit: BodyLimit,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (Number(headers.get('Content-Length')) > limit.bytes) throw tooLarge(limit)
  let length = 0
  for await (const chunk of body ?? []) {
    length += chunk.byteLength
    if (length > limit.bytes) throw tooLarge(limit)
    yield chunk
  }
}

function tooLarge({ name }: BodyLimit): EaselError {
  return new EaselError(
    'payload_too_large',
    `The body is larger than ${name}, the limit for this request: link to input images instead of sending them, or make them smaller.`,
  )
}
