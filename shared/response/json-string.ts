import { type ByteCursor, next, type Parse } from './cursor.ts'
import { ResponseSyntaxError } from './response-syntax-error.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const LETTER_U = 0x75

/** By the byte after the backslash. */
const SIMPLE_ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x2f, '/'],
  [0x6e, '\n'],
  [0x72, '\r'],
  [0x74, '\t'],
])

/**
 * A JSON string whose opening quote has been read.
 *
 * @param maxBytes  how much of it to return, counted as written; 0 to read past it
 * @returns `undefined` when it is longer than that
 * @throws {ResponseSyntaxError} when it ends too early or holds a bad escape
 */
export function* readString(cursor: ByteCursor, maxBytes: number): Parse<string | undefined> {
  const parts: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { bytes, at: from } = cursor
    let at = from
    while (at < bytes.length && bytes[at] !== QUOTE && bytes[at] !== BACKSLASH) at++
    length += at - from
    if (length <= maxBytes) parts.push(bytes.slice(from, at))
    cursor.at = at
    const stop = yield* next(cursor)
    if (stop === QUOTE) break
    if (stop < 0) throw new ResponseSyntaxError('it ends within a string')
    if (stop !== BACKSLASH) {
      // The chunk ended here, and `next` has read the first byte of the one after it.
      cursor.at--
      continue
    }
    const escaped = yield* next(cursor)
    length += 2
    if (length <= maxBytes) parts.push(Uint8Array.of(BACKSLASH, escaped))
  }
  return length > maxBytes ? undefined : parseJsonString(parts)
}

/** One character of a JSON string, escapes resolved; `undefined` at its closing quote. */
export function* nextCharacter(cursor: ByteCursor): Parse<string | undefined> {
  const byte = yield* next(cursor)
  if (byte === QUOTE) return undefined
  if (byte < 0x20) throw new ResponseSyntaxError('it ends within a string')
  if (byte !== BACKSLASH) return String.fromCharCode(byte)
  const second = yield* next(cursor)
  // Some encoders escape every slash, or break base64 into lines: these come often.
  const simple = SIMPLE_ESCAPES.get(second)
  if (simple !== undefined) return simple
  const escaped = [BACKSLASH, second]
  if (second === LETTER_U) for (let i = 0; i < 4; i++) escaped.push(yield* next(cursor))
  return parseJsonString([Uint8Array.from(escaped)])
}

// Shared, and never streaming: creating one per string costs more than everything else about reading it.
// Bytes that aren't UTF-8 become U+FFFD: a model's odd words must not cost the image beside them.
const utf8 = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true })

function parseJsonString(parts: readonly Uint8Array[]): string {
  try {
    return JSON.parse(`"${utf8.decode(joined(parts))}"`) as string
  } catch {
    // An escape that JSON doesn't have: it can fail in no other way.
    throw new ResponseSyntaxError('it holds a string with a bad escape')
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts
  if (only && parts.length === 1) return only
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
