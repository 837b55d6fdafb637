import { type ByteCursor, type Parse, peek } from './cursor.ts'
import { readString } from './json-string.ts'
import { ResponseSyntaxError } from './response-syntax-error.ts'

/**
 * Which parts of a JSON document are wanted. Everything else is read past, however large it is, and not held.
 *
 * - `'scalar'`: a string, number, boolean or null; any other value counts as absent
 * - `'image'`: a string that holds an image, passed on as it arrives
 * - `'image-or-preview'`: the same; a key of the object that holds it tells which
 */
export type Shape = 'scalar' | ImageShape | readonly [Shape] | { readonly [key: string]: Shape }

export type ImageShape = 'image' | 'image-or-preview'

/** What {@link readJson} returns: plain JSON, with whatever {@link ReadImage} returned in place of images. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }

/**
 * Reads a string whose shape is an image, its opening quote read, to its closing quote.
 *
 * @param siblings  what has been read so far of the object that holds the string
 */
export type ReadImage<Part> = (
  cursor: ByteCursor,
  shape: ImageShape,
  siblings: { readonly [key: string]: JsonValue },
) => Parse<JsonValue, Part>

export interface JsonOptions<Part> {
  readonly readImage: ReadImage<Part>
  /** Called after a line break between tokens: in an event stream the value may go on in the next field. */
  readonly atLineEnd?: (cursor: ByteCursor) => Parse<void>
}

/** A longer string, counted as written, counts as absent: no wanted field is that long. */
const STRING_MAX_BYTES = 2 ** 18
/** Numbers have about thirty at most. */
const LITERAL_MAX_BYTES = 400
/** Items beyond are read past: no response holds that many, and a list could fill the memory. */
const ARRAY_MAX_ITEMS = 1000

const OBJECT = [0x7b, 0x7d] as const
const ARRAY = [0x5b, 0x5d] as const
const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const NEWLINE = 0x0a
const RETURN = 0x0d

/**
 * Reads one JSON value. The result holds only what `shape` names; keys may come in any order.
 *
 * @throws {ResponseSyntaxError} when it isn't JSON, or ends too early
 */
export function* readJson<Part>(
  cursor: ByteCursor,
  shape: Shape,
  { readImage, atLineEnd }: JsonOptions<Part>,
): Parse<JsonValue | undefined, Part> {
  return yield* readValue(shape, {})

  function* readValue(
    wanted: Shape | undefined,
    siblings: { readonly [key: string]: JsonValue },
  ): Parse<JsonValue | undefined, Part> {
    const byte = yield* token()
    if (wanted === undefined) return yield* skipValue(byte)
    if (byte === QUOTE) {
      return wanted === 'image' || wanted === 'image-or-preview'
        ? yield* readImage(cursor, wanted, siblings)
        : yield* readString(cursor, STRING_MAX_BYTES)
    }
    if (byte === OBJECT[0] && isObjectShape(wanted)) return yield* readObject(wanted)
    if (byte === ARRAY[0] && isArrayShape(wanted)) return yield* readArray(wanted[0])
    if (byte === OBJECT[0] || byte === ARRAY[0]) return yield* skipValue(byte)
    return yield* readLiteral(byte)
  }

  function* readObject(wanted: {
    readonly [key: string]: Shape
  }): Parse<{ readonly [key: string]: JsonValue }, Part> {
    const object: Record<string, JsonValue> = {}
    if (yield* isEmpty(OBJECT[1])) return object
    for (;;) {
      expectByte(yield* token(), QUOTE)
      const key = (yield* readString(cursor, STRING_MAX_BYTES)) ?? ''
      expectByte(yield* token(), COLON)
      const value = yield* readValue(Object.hasOwn(wanted, key) ? wanted[key] : undefined, object)
      if (value !== undefined) object[key] = value
      if ((yield* separator(OBJECT[1])) === 'end') return object
    }
  }

  function* readArray(wanted: Shape): Parse<readonly JsonValue[], Part> {
    const array: JsonValue[] = []
    if (yield* isEmpty(ARRAY[1])) return array
    for (;;) {
      const value = yield* readValue(wanted, {})
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
      throw new ResponseSyntaxError(first < 0 ? 'it ends too early' : 'it is not JSON')
    }
  }

  /**
   * Reads past a value whose first byte has been read. A loop over bytes, because it may be megabytes, and
   * nested deeper than any stack. Only its brackets and strings matter.
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
      if (byte < 0) throw new ResponseSyntaxError('it ends too early')
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

  /** The next byte that isn't white space; -1 at the end. */
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
  if (byte !== expected) throw new ResponseSyntaxError(byte < 0 ? 'it ends too early' : 'it is not JSON')
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
