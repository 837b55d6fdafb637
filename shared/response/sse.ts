import type { BlockDecoder } from './base64.ts'
import { type ByteCursor, type Parse, peek, skipByteOrderMark } from './cursor.ts'
import { type JsonValue, readJson, type Shape } from './json.ts'
import { AnswerSyntaxError } from './syntax-error.ts'

const NEWLINE = 0x0a
const RETURN = 0x0d
const SPACE = 0x20
const COLON = 0x3a
const BRACKET = 0x5b

/** `data`, `event`, `id`, `retry`: nothing else is looked at, so nothing longer is kept. */
const FIELD_MAX_CHARACTERS = 16

/**
 * Server-sent events whose data is JSON, ended by `data: [DONE]` as OpenRouter does, or by the end of the
 * stream. Comments (`: OPENROUTER PROCESSING`) and other fields are read past.
 *
 * Data is parsed where it stands instead of being gathered first: an event may be larger than memory allows.
 *
 * @returns whether the stream said that it is done
 * @throws {AnswerSyntaxError} when an event's data is no JSON, or the stream ends within one
 */
export function* readEvents(
  cursor: ByteCursor,
  shape: Shape,
  decodeBlock?: BlockDecoder,
): Parse<boolean, JsonValue> {
  yield* skipByteOrderMark(cursor)
  while ((yield* peek(cursor)) >= 0) {
    const field = yield* readFieldName(cursor)
    if (field === 'data') {
      if ((yield* peek(cursor)) === SPACE) cursor.at++
      const first = yield* peek(cursor)
      if (first === BRACKET) return true
      if (!isLineEnd(first)) {
        const value = yield* readJson(cursor, shape, { atLineEnd: continueOnNextLine, decodeBlock })
        if (value !== undefined) yield value
      }
    }
    yield* skipLine(cursor)
  }
  return false
}

/** JSON may be spread over several `data:` lines; the line break counts as white space. */
function* continueOnNextLine(cursor: ByteCursor): Parse<void> {
  while (!isLineEnd(yield* peek(cursor))) {
    if ((yield* readFieldName(cursor)) === 'data') return
    yield* skipLine(cursor)
  }
  throw new AnswerSyntaxError('an event ends too early')
}

/** Up to and with the colon; empty for a comment and for an empty line, whose end is left. */
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
