import { type ByteCursor, type Parse, peek, skipByteOrderMark } from './cursor.ts'
import { type JsonValue, type ReadImage, readJson, type Shape } from './json.ts'
import { ResponseSyntaxError } from './response-syntax-error.ts'

const NEWLINE = 0x0a
const RETURN = 0x0d
const SPACE = 0x20
const COLON = 0x3a
const BRACKET = 0x5b

/** The known names are `data`, `event`, `id` and `retry`: no more of a longer one is needed. */
const FIELD_MAX_CHARACTERS = 16

/**
 * Server-sent events whose data is JSON, ended by `data: [DONE]` as OpenRouter does, or by the end of the
 * stream. Comments (`: OPENROUTER PROCESSING`) and other fields are read past.
 *
 * Data is parsed in place instead of being gathered first: an event may be larger than the memory.
 *
 * @param onEvent  what to do with the data of each event
 * @returns whether `[DONE]` came
 * @throws {ResponseSyntaxError} when an event's data isn't JSON, or the stream ends within one
 */
export function* readEvents<Part>(
  cursor: ByteCursor,
  shape: Shape,
  {
    readImage,
    onEvent,
  }: { readonly readImage: ReadImage<Part>; readonly onEvent: (value: JsonValue) => Parse<void, Part> },
): Parse<boolean, Part> {
  yield* skipByteOrderMark(cursor)
  while ((yield* peek(cursor)) >= 0) {
    const field = yield* readFieldName(cursor)
    if (field === 'data') {
      if ((yield* peek(cursor)) === SPACE) cursor.at++
      const first = yield* peek(cursor)
      if (first === BRACKET) return true
      if (!isLineEnd(first)) {
        const value = yield* readJson(cursor, shape, { atLineEnd: continueOnNextLine, readImage })
        if (value !== undefined) yield* onEvent(value)
      }
    }
    yield* skipLine(cursor)
  }
  return false
}

/** JSON may span several `data:` lines; the line break counts as white space. */
function* continueOnNextLine(cursor: ByteCursor): Parse<void> {
  while (!isLineEnd(yield* peek(cursor))) {
    if ((yield* readFieldName(cursor)) === 'data') return
    yield* skipLine(cursor)
  }
  throw new ResponseSyntaxError('an event ends too early')
}

/** Reads through the colon. Empty for a comment, and for an empty line, whose end stays unread. */
function* readFieldName(cursor: ByteCursor): Parse<string> {
  let name = ''
  for (;;) {
    const byte = cursor.bytes[cursor.at] ?? (yield* peek(cursor))
    if (isLineEnd(byte)) return name
    cursor.at++
    if (byte === COLON) return name
    if (name.length < FIELD_MAX_CHARACTERS) name += String.fromCharCode(byte)
  }
}

function* skipLine(cursor: ByteCursor): Parse<void> {
  for (;;) {
    const byte = cursor.bytes[cursor.at] ?? (yield* peek(cursor))
    cursor.at++
    if (byte < 0 || byte === NEWLINE) return
    if (byte === RETURN) {
      if ((yield* peek(cursor)) === NEWLINE) cursor.at++
      return
    }
  }
}

/** The end of the stream ends its last line too. */
function isLineEnd(byte: number): boolean {
  return byte < 0 || byte === NEWLINE || byte === RETURN
}
