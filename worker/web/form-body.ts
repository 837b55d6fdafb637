import { EaselError, InvalidSpecError } from '../../shared/errors.ts'
import { specIssue } from '../../shared/spec/spec-issue.ts'
import { type BodyLimit, mediaTypeOf, readLimited } from './limited-body.ts'

/** Many small parts take far more memory than their text. */
const MAX_PARTS = 64

const DASH = 0x2d

/**
 * A request's form, with its files. Call it once the caller is known: `limit` depends on who asks.
 *
 * @throws {EaselError} `unsupported_media_type`, `payload_too_large`, or `invalid_spec` when it isn't a form, or holds
 *   too many parts
 */
export async function readFormBody(request: Request, limit: BodyLimit): Promise<FormData> {
  const type = mediaTypeOf(request)
  if (type !== 'multipart/form-data') {
    const was = type ? `not ${type}` : 'but the request has no Content-Type'
    throw new EaselError('unsupported_media_type', `The body must be multipart/form-data, ${was}.`)
  }
  const contentType = request.headers.get('Content-Type') ?? ''
  const boundary = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType)
  const chunks: Uint8Array[] = []
  for await (const chunk of readLimited(request, limit)) chunks.push(chunk)
  const body = new Blob(chunks)
  const parts = countParts(new Uint8Array(await body.arrayBuffer()), boundary?.[1] ?? boundary?.[2] ?? '')
  if (parts > MAX_PARTS)
    throw invalidForm(`The form holds too many parts: at most ${MAX_PARTS} are accepted.`)
  try {
    return await new Response(body, { headers: { 'Content-Type': contentType } }).formData()
  } catch {
    // Whatever it says is in the words of the platform.
    throw invalidForm('The body is no valid multipart/form-data.')
  }
}

/** How often the boundary stands in the body: once before each part, and once at the end. */
function countParts(bytes: Uint8Array, boundary: string): number {
  const mark = new TextEncoder().encode(`--${boundary}`)
  let count = 0
  for (let at = bytes.indexOf(DASH); at >= 0 && count <= MAX_PARTS + 1; at = bytes.indexOf(DASH, at + 1)) {
    if (mark.every((byte, offset) => bytes[at + offset] === byte)) count++
  }
  return count - 1
}

function invalidForm(detail: string): InvalidSpecError {
  return new InvalidSpecError([specIssue(['body'], detail)])
}
