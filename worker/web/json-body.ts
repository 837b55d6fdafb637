import { EaselError, InvalidSpecError } from '../../shared/errors.ts'
import { specIssue } from '../../shared/spec/spec-issue.ts'
import { duplicateKey } from './duplicate-key.ts'

/** Enough for the input images that OpenRouter takes, in base64; a Worker has 128 MB for everything. */
const MAX_BYTES = 25 * 1024 ** 2

/**
 * A request's JSON.
 *
 * @throws {EaselError} `unsupported_media_type`, `payload_too_large`, or `invalid_spec` when it is no JSON or
 *   says something twice
 */
export async function readJsonBody(request: Request): Promise<unknown> {
  const type = request.headers.get('Content-Type')?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (type !== 'application/json' && !type.endsWith('+json')) {
    const was = type ? `not ${type}` : 'and says nothing of its type'
    throw new EaselError(
      'unsupported_media_type',
      `The body must be JSON, ${was}: send Content-Type: application/json.`,
    )
  }
  if (Number(request.headers.get('Content-Length')) > MAX_BYTES) throw tooLarge()
  const text = await readText(request)
  try {
    const value: unknown = JSON.parse(text)
    const twice = duplicateKey(text)
    if (twice === undefined) return value
    throw new InvalidSpecError([specIssue([twice], `${twice} stands in the body twice: give it once.`)])
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new InvalidSpecError([specIssue(['body'], `The body is not JSON: ${error.message}.`)])
  }
}

async function readText({ body }: Request): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body ?? []) {
    length += chunk.byteLength
    if (length > MAX_BYTES) throw tooLarge()
    chunks.push(chunk)
  }
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
    return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('') + decoder.decode()
  } catch {
    throw new InvalidSpecError([specIssue(['body'], 'The body is not UTF-8.')])
  }
}

function tooLarge(): EaselError {
  return new EaselError(
    'payload_too_large',
    `The body is larger than ${MAX_BYTES / 1024 ** 2} MiB: link to input images instead of sending them, or make them smaller.`,
  )
}
