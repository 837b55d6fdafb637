import type { Fault } from '../faults.ts'
import { affectsImage } from '../faults.ts'
import { MARKS } from './places.ts'

/** Marks the place of an image in JSON text, so that megabytes of base64 are copied, never escaped. */
const OPEN = '\uE000'
const CLOSE = '\uE001'

/** A string that becomes the base64 of the image with that index. */
export function imagePlaceholder(index: number): string {
  return `${OPEN}${index}${CLOSE}`
}

/** A string that becomes bytes that no UTF-8 text holds. */
export const MALFORMED_PLACEHOLDER = `${OPEN}malformed${CLOSE}`
const MALFORMED = Buffer.from([0xff, 0xfe])

/** A string that becomes a number that JSON can write and no computer can hold. */
export const INFINITE_PLACEHOLDER = '\uE002'

/** The base64 of one image, as ASCII bytes, and which of the images it is. */
export interface ImageText {
  readonly index: number
  readonly base64: Buffer
}

/**
 * JSON as pieces of bytes, with base64 in place of the placeholders, and with the marks of places. A fault of the
 * body's form is applied to values that hold images, the only ones worth spoiling.
 */
export function serialise(
  value: object,
  images: readonly ImageText[] = [],
  fault: Fault = {},
): readonly Uint8Array[] {
  const json = escaped(
    JSON.stringify(ordered(images.length === 0 ? value : spoiled(value, fault), fault)),
    fault,
  )
  const whole = images.length > 0 && fault.brokenJson === true ? json.slice(0, -2) : json
  return whole
    .replaceAll(`"${INFINITE_PLACEHOLDER}"`, '1e999')
    .split(OPEN)
    .flatMap((piece, position) => {
      if (position === 0) return [Buffer.from(piece)]
      const [name = '', rest = ''] = piece.split(CLOSE, 2)
      const image = images.find(({ index }) => String(index) === name)
      if (image === undefined) return [MALFORMED, Buffer.from(rest)]
      return [...imagePieces(image, fault), ...afterImage(rest, image === images.at(-1), image.index, fault)]
    })
}

/** One server-sent event. */
export function sse(value: object, images?: readonly ImageText[], fault?: Fault): readonly Uint8Array[] {
  return [Buffer.from('data: '), ...serialise(value, images, fault), Buffer.from('\n\n')]
}

export const KEEP_ALIVE: Uint8Array = Buffer.from(': OPENROUTER PROCESSING\n\n')

/** The end of a stream. */
export function done(fault: Fault): readonly Uint8Array[] {
  return fault.noDone === true ? [MARKS.end] : [MARKS.end, Buffer.from('data: [DONE]\n\n')]
}

function spoiled(value: object, fault: Fault): object {
  return {
    ...(fault.hugeFieldBytes === undefined ? {} : { x_padding: 'x'.repeat(fault.hugeFieldBytes) }),
    ...(fault.malformedUtf8 === true ? { x_text: MALFORMED_PLACEHOLDER } : {}),
    ...value,
  }
}

function imagePieces({ base64, index }: ImageText, fault: Fault): readonly Uint8Array[] {
  const text = spoiledBase64(base64, index, fault)
  if (!affectsImage(fault, index)) return [text]
  // A multiple of four characters: what precedes the mark decodes by itself.
  const middle = (text.length >> 3) << 2
  return [text.subarray(0, middle), MARKS.image, text.subarray(middle)]
}

/** The image's string is closed before the mark. */
function afterImage(rest: string, isLast: boolean, index: number, fault: Fault): readonly Uint8Array[] {
  if (isLast || !affectsImage(fault, index)) return [Buffer.from(rest)]
  return [Buffer.from(rest.slice(0, 1)), MARKS.betweenImages, Buffer.from(rest.slice(1))]
}

function escaped(json: string, fault: Fault): string {
  return fault.escapedSlashes === true ? json.replaceAll('/', String.raw`\/`) : json
}

function spoiledBase64(text: Buffer, index: number, fault: Fault): Buffer {
  const flaw = affectsImage(fault, index) ? fault.base64 : undefined
  if (flaw === undefined && fault.escapedSlashes !== true) return text
  const ascii = text.toString('latin1')
  switch (flaw) {
    case 'characters':
      return Buffer.from(`${ascii.slice(0, ascii.length >> 1)}*${ascii.slice((ascii.length >> 1) + 1)}`)
    case 'padding':
      return Buffer.from(`${ascii}===`)
    case 'whitespace':
      return Buffer.from(ascii.replace(/.{76}/g, String.raw`$&\n`))
    default:
      return Buffer.from(escaped(ascii, fault))
  }
}

function ordered(value: unknown, fault: Fault): unknown {
  return fault.reversedKeys === true ? reversed(value) : value
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, inner]) => [key, reversed(inner)] as const)
  return Object.fromEntries(entries.toReversed())
}
