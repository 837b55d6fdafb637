import { parseDataUrl } from '../media/data-url.ts'
import { Base64Error, type BlockDecoder, createBase64Decoder } from './base64.ts'
import { type ByteCursor, type Parse, peek } from './cursor.ts'
import { nextCharacter, readString } from './json-string.ts'

/** An image that stood in a JSON string: its bytes, or where they are to be had. */
export type EmbeddedImage =
  | { readonly kind: 'bytes'; readonly segments: readonly Uint8Array<ArrayBuffer>[] }
  | { readonly kind: 'link'; readonly url: string }

/** Of a link, and of a `data:` URL up to its comma. */
const URL_MAX_CHARACTERS = 2 ** 14
/** Of a `data:` URL that is not base64: SVG markup, in practice. */
const PLAIN_DATA_MAX_BYTES = 2 ** 23

const BACKSLASH = 0x5c

const encoder = new TextEncoder()

/**
 * A JSON string that holds an image, its opening quote read: base64, a `data:` URL or a link. Base64 is
 * decoded as it arrives. Padding may be missing and white space may stand between the digits, because what
 * was paid for should not be lost to that; any other character is an error.
 *
 * @throws {Base64Error} when the text is broken
 */
export function* readImage(cursor: ByteCursor, decodeBlock?: BlockDecoder): Parse<EmbeddedImage> {
  const { text, closed } = yield* readHead(cursor)
  if (/^https?:\/\//i.test(text)) {
    const rest = closed ? '' : ((yield* readString(cursor, URL_MAX_CHARACTERS)) ?? '')
    return { kind: 'link', url: text + rest }
  }
  if (!/^data:/i.test(text)) return yield* readBase64(cursor, text, closed, decodeBlock)
  if (/;\s*base64\s*,$/i.test(text)) return yield* readBase64(cursor, '', closed, decodeBlock)
  const rest = closed ? '' : ((yield* readString(cursor, PLAIN_DATA_MAX_BYTES)) ?? '')
  const data = parseDataUrl(text + rest)
  if (!data) throw new Base64Error('the data: URL cannot be decoded')
  return { kind: 'bytes', segments: [data.bytes] }
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
  head: string,
  headIsAll: boolean,
  decodeBlock?: BlockDecoder,
): Parse<EmbeddedImage> {
  const decoder = createBase64Decoder(decodeBlock)
  let padding = 0
  let slashesAreEscaped = false
  const take = (character: string): void => {
    if (character === '=') padding++
    else if (/\s/.test(character)) return
    else if (padding > 0 || decoder.write(encoder.encode(character), 0) === 0) {
      throw new Base64Error('it holds a character that is not base64')
    }
  }
  for (const character of head) take(character)
  let closed = headIsAll
  while (!closed) {
    if (padding === 0) {
      const { bytes, at } = cursor
      cursor.at = slashesAreEscaped ? decoder.writeEscaped(bytes, at) : decoder.write(bytes, at)
      if (cursor.at === bytes.length && (yield* peek(cursor)) >= 0) continue
    }
    const isEscape = (yield* peek(cursor)) === BACKSLASH
    const character = yield* nextCharacter(cursor)
    slashesAreEscaped ||= isEscape && character === '/'
    if (character === undefined) closed = true
    else take(character)
  }
  return { kind: 'bytes', segments: decoder.finish(padding) }
}
