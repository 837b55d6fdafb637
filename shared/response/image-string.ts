import { BrokenImageError } from '../media/broken-image-error.ts'
import { parseDataUrl } from '../media/data-url.ts'
import type { Base64Decoder } from './base64.ts'
import { type ByteCursor, type Parse, peek } from './cursor.ts'
import { nextCharacter, readString } from './json-string.ts'

/** The next bytes of an image; valid until the parse goes on. */
export interface ImageBytes {
  readonly type: 'bytes'
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** How a string that should hold an image ended. */
export type ImageStringEnd =
  /** All of it was decoded; what the bytes are is for others to say. */
  | { readonly type: 'image' }
  | { readonly type: 'link'; readonly url: string }
  | { readonly type: 'discard'; readonly problem: string }

/** Of a link, and of a `data:` URL up to its comma. */
const URL_MAX_CHARACTERS = 2 ** 14
/** Of a `data:` URL that is not base64: SVG markup, in practice. */
const PLAIN_DATA_MAX_BYTES = 2 ** 23
const CHUNK_MAX_BYTES = 2 ** 18

const BACKSLASH = 0x5c

const encoder = new TextEncoder()

/**
 * Reads a JSON string that holds an image, its opening quote read: base64, a `data:` URL or a link. Base64 is
 * decoded as it arrives. Padding may be missing and white space may stand between the digits, because a paid
 * image should not be lost to that. Any other stray character breaks the image, and the string is read to its
 * end all the same: other images may follow.
 */
export function* readImageString(
  cursor: ByteCursor,
  decoder: Base64Decoder,
): Parse<ImageStringEnd, ImageBytes> {
  const { text, closed } = yield* readHead(cursor)
  if (/^https?:\/\//i.test(text)) {
    const rest = closed ? '' : yield* readString(cursor, URL_MAX_CHARACTERS)
    return rest === undefined ? broken('its link is too long') : { type: 'link', url: text + rest }
  }
  if (!/^data:/i.test(text)) return yield* readBase64(cursor, { head: text, closed }, decoder)
  if (/;\s*base64\s*,$/i.test(text)) return yield* readBase64(cursor, { head: '', closed }, decoder)
  const rest = closed ? '' : yield* readString(cursor, PLAIN_DATA_MAX_BYTES)
  if (rest === undefined) return broken('its data: URL is too long')
  const data = parseDataUrl(text + rest)
  if (!data) return broken('its data: URL can’t be decoded')
  for (let at = 0; at < data.bytes.length; at += CHUNK_MAX_BYTES) {
    yield { type: 'bytes', bytes: data.bytes.subarray(at, at + CHUNK_MAX_BYTES) }
  }
  return { type: 'image' }
}

/** As much of the string as tells which of the three it is. */
function* readHead(cursor: ByteCursor): Parse<{ readonly text: string; readonly closed: boolean }> {
  let text = ''
  while (text.length < URL_MAX_CHARACTERS && isUndecided(text.toLowerCase())) {
    const character = yield* nextCharacter(cursor)
    if (character === undefined) return { text, closed: true }
    text += character
  }
  return { text, closed: false }
}

function isUndecided(head: string): boolean {
  if (head.startsWith('data:')) return !head.endsWith(',')
  return ['data:', 'https://', 'http://'].some((prefix) => prefix.startsWith(head) && prefix !== head)
}

function* readBase64(
  cursor: ByteCursor,
  start: { readonly head: string; readonly closed: boolean },
  decoder: Base64Decoder,
): Parse<ImageStringEnd, ImageBytes> {
  let { closed } = start
  let padding = 0
  let slashesAreEscaped = false
  decoder.reset()
  try {
    for (const character of start.head) take(character)
    while (!closed) {
      if (padding === 0) {
        const { bytes, at } = cursor
        cursor.at = slashesAreEscaped ? decoder.writeEscaped(bytes, at) : decoder.write(bytes, at)
        if (decoder.isFull()) {
          yield { type: 'bytes', bytes: decoder.take() }
          continue
        }
        if (cursor.at === bytes.length && (yield* peek(cursor)) >= 0) continue
      }
      const isEscape = (yield* peek(cursor)) === BACKSLASH
      const character = yield* nextCharacter(cursor)
      slashesAreEscaped ||= isEscape && character === '/'
      if (character === undefined) closed = true
      else take(character)
      if (decoder.isFull()) yield { type: 'bytes', bytes: decoder.take() }
    }
    decoder.finish(padding)
  } catch (error) {
    if (!(error instanceof BrokenImageError)) throw error
    if (!closed) yield* readString(cursor, 0)
    return broken(error.message)
  }
  const last = decoder.take()
  if (last.length > 0) yield { type: 'bytes', bytes: last }
  return { type: 'image' }

  function take(character: string): void {
    if (character === '=') padding++
    else if (/\s/.test(character)) return
    else if (padding > 0 || decoder.write(encoder.encode(character), 0) === 0) {
      throw new BrokenImageError('it holds a character that is not base64')
    }
  }
}

function broken(problem: string): ImageStringEnd {
  return { type: 'discard', problem }
}
