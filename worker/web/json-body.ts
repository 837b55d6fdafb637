import { EaselError, InvalidSpecError } from '../../shared/errors.ts'
import { fieldName, specIssue } from '../../shared/spec/spec-issue.ts'
import { duplicateKey } from './duplicate-key.ts'
import { shapeProblem } from './json-shape.ts'
import { type BodyLimit, mediaTypeOf, readLimited } from './limited-body.ts'

/**
 * A request's JSON. Call it once the caller is known: `limit` depends on who asks.
 *
 * @throws {EaselError} `unsupported_media_type`, `payload_too_large`, or `invalid_spec` when it isn't JSON, is too
 *   complex, or holds a key twice
 */
export async function readJsonBody(request: Request, limit: BodyLimit): Promise<unknown> {
  const type = mediaTypeOf(request)
  if (type !== 'application/json' && !type.endsWith('+json')) {
    const was = type ? `not ${type}` : 'but the request has no Content-Type'
    throw new EaselError(
      'unsupported_media_type',
      `The body must be JSON, ${was}: send Content-Type: application/json.`,
    )
  }
  const text = await readText(request, limit)
  const problem = shapeProblem(text)
  if (problem !== undefined) throw invalidBody(problem)
  const value = parse(text)
  const twice = duplicateKey(text)
  if (twice === undefined) return value
  throw new InvalidSpecError([
    specIssue([twice], `${fieldName([twice])} is in the body twice: give it once.`),
  ])
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw invalidBody(`The body is not JSON: ${error.message}.`)
  }
}

/** Decodes while it reads: the bytes and the text are never both held whole. */
async function readText(request: Request, limit: BodyLimit): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
  const pieces: string[] = []
  for await (const chunk of readLimited(request, limit)) pieces.push(decode(decoder, chunk))
  pieces.push(decode(decoder))
  return pieces.join('')
}

function decode(decoder: TextDecoder, chunk?: Uint8Array): string {
  try {
    return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode()
  } catch {
    // `fatal` throws on malformed input only.
    throw invalidBody('The body is not UTF-8.')
  }
}

function invalidBody(detail: string): InvalidSpecError {
  return new InvalidSpecError([specIssue(['body'], detail)])
}
