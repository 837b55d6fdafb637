import type { BlockDecoder } from './base64.ts'
import { type ByteCursor, type Parse, peek } from './cursor.ts'
import { type EmbeddedImage, readImage } from './image-string.ts'
import { readString } from './json-string.ts'
import { AnswerSyntaxError } from './syntax-error.ts'

/**
 * Which parts of a JSON document are wanted. All else is read past without being kept, however large it is.
 *
 * - `'scalar'`: a string, number, boolean or null; of other values, nothing
 * - `'image'`: a string that holds an image, decoded as it arrives
 */
export type Shape = 'scalar' | 'image' | readonly [Shape] | { readonly [key: string]: Shape }

/** What {@link readJson} makes of a document: plain JSON, with images in the place of their strings. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | EmbeddedImage
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }

export interface JsonOptions {
  /** Called after a line break between tokens: in an event stream the value may go on in the next field. */
  readonly atLineEnd?: (cursor: ByteCursor) => Parse<void>
  /** How images are decoded; the platform's way where absent. */
  readonly decodeBlock?: BlockDecoder | undefined
}

/** Strings longer than this, as written, count as absent: no field that is wanted is so long. */
const STRING_MAX_BYTES = 2 ** 18
/** A number has some thirty. */
const LITERAL_MAX_BYTES = 400
/** Items beyond are read past: no answer holds so many, and a list could fill the memory. */
const ARRAY_MAX_ITEMS = 1000

const OBJECT = [0x7b, 0x7d] as const
const ARRAY = [0x5b, 0x5d] as const
const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const NEWLINE = 0x0a
const RETURN = 0x0d

/**
 * Reads one JSON value. Of the result, only what `shape` names is there; keys may come in any order.
 *
 * @throws {AnswerSyntaxError} when it is no JSON, or ends too early
 * @throws {Base64Error} when an image's text is broken
 */
export function* readJson(
  cursor: ByteCursor,
  shape: Shape,
  { atLineEnd, decodeBlock }: JsonOptions = {},
): Parse<JsonValue | undefined> {
  return yield* readValue(shape)

  function* readValue(wanted: Shape | undefined): Parse<JsonValue | undefined> {
    const byte = yield* token()
    if (wanted === undefined) return yield* skipValue(byte)
    if (byte === QUOTE) {
      return wanted === 'image'
        ? yield* readImage(cursor, decodeBlock)
        : yield* readString(cursor, STRING_MAX_BYTES)
    }
    if (byte === OBJECT[0] && isObjectShape(wanted)) return yield* readObject(wanted)
    if (byte === ARRAY[0] && isArrayShape(wanted)) return yield* readArray(wanted[0])
    if (byte === OBJECT[0] || byte === ARRAY[0]) return yield* skipValue(byte)
    return yield* readLiteral(byte)
  }

  function* readObject(wanted: {
    readonly [key: string]: Shape
  }): Parse<{ readonly [key: string]: JsonValue }> {
    const object: Record<string, JsonValue> = {}
    if (yield* isEmpty(OBJECT[1])) return object
    for (;;) {
      expectByte(yield* token(), QUOTE)
      const key = (yield* readString(cursor, STRING_MAX_BYTES)) ?? ''
      expectByte(yield* token(), COLON)
      const value = yield* readValue(Object.hasOwn(wanted, key) ? wanted[key] : undefined)
      if (value !== undefined) object[key] = value
      if ((yield* separator(OBJECT[1])) === 'end') return object
    }
  }

  function* readArray(wanted: Shape): Parse<readonly JsonValue[]> {
    const array: JsonValue[] = []
    if (yield* isEmpty(ARRAY[1])) return array
    for (;;) {
      const value = yield* readValue(wanted)
      if (value !== undefined && array.length < ARRAY_MAX_ITEMS) array.push(value)
      if ((yield* separator(ARRAY[1])) === 'end') return array
    }
  }

  function* isEmpty(close: number): Parse<boolean> {
    const empty = (yield* peekToken()) === close
    if (empty) cursor.at++
    return empty
  }

  function* separator(close: number): Parse<'more' | 'end'> {
    const byte = yield* token()
    if (byte === close) return 'end'
    expectByte(byte, COMMA)
    return 'more'
  }

  /** A number, `true`, `false` or `null`, whose first byte has been read. */
  function* readLiteral(first: number): Parse<JsonValue> {
    let literal = String.fromCharCode(Math.max(first, 0))
    while (literal.length < LITERAL_MAX_BYTES) {
      const byte = cursor.bytes[cursor.at] ?? (yield* peek(cursor))
      if (!isLiteralByte(byte)) break
      literal += String.fromCharCode(byte)
      cursor.at++
    }
    try {
      return JSON.parse(literal) as JsonValue
    } catch {
      throw new AnswerSyntaxError(first < 0 ? 'it ends too early' : 'it is not JSON')
    }
  }

  /**
   * Past a value whose first byte has been read. A loop over bytes: what nobody wants may be megabytes, and
   * deeper than any stack. Only its brackets and strings are looked at.
   */
  function* skipValue(first: number): Parse<undefined> {
    if (first === QUOTE) {
      yield* readString(cursor, 0)
      return undefined
    }
    if (first !== OBJECT[0] && first !== ARRAY[0]) {
      yield* readLiteral(first)
      return undefined
    }
    for (let depth = 1; depth > 0;) {
      const byte = cursor.bytes[cursor.at] ?? (yield* peek(cursor))
      if (byte < 0) throw new AnswerSyntaxError('it ends too early')
      if (atLineEnd && (byte === NEWLINE || byte === RETURN)) {
        yield* peekToken()
        continue
      }
      cursor.at++
      if (byte === QUOTE) yield* readString(cursor, 0)
      else if (byte === OBJECT[0] || byte === ARRAY[0]) depth++
      else if (byte === OBJECT[1] || byte === ARRAY[1]) depth--
    }
    return undefined
  }

  /** The next byte that is no white space; -1 at the end. */
  function* token(): Parse<number> {
    const byte = yield* peekToken()
    cursor.at++
    return byte
  }

  function* peekToken(): Parse<number> {
    for (;;) {
      const byte = cursor.bytes[cursor.at] ?? (yield* peek(cursor))
      if (byte !== 0x20 && byte !== NEWLINE && byte !== RETURN && byte !== 0x09) return byte
      cursor.at++
      if (!atLineEnd || (byte !== NEWLINE && byte !== RETURN)) continue
      if (byte === RETURN && (yield* peek(cursor)) === NEWLINE) cursor.at++
      yield* atLineEnd(cursor)
    }
  }
}

function expectByte(byte: number, expected: number): void {
  if (byte !== expected) throw new AnswerSyntaxError(byte < 0 ? 'it ends too early' : 'it is not JSON')
}

/** Letters, digits, `+`, `-` and `.`: what numbers and names consist of. */
function isLiteralByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a) ||
    byte === 0x2b ||
    byte === 0x2d ||
    byte === 0x2e
  )
}

function isArrayShape(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape)
}

function isObjectShape(shape: Shape): shape is { readonly [key: string]: Shape } {
  return typeof shape === 'object' && !isArrayShape(shape)
}
