import type { Fault } from '../faults.ts'

/** Marks the place of an image in JSON text, so that megabytes of base64 are copied, never escaped. */
const OPEN = '\uE000'
const CLOSE = '\uE001'

export function placeholder(index: number): string {
  return `${OPEN}${index}${CLOSE}`
}

/** Bytes that no UTF-8 text holds. */
const MALFORMED = Buffer.from([0xff, 0xfe])

/**
 * JSON as pieces of bytes, with base64 in place of the placeholders. A fault of the body's form is applied to
 * values that hold images, the only ones worth spoiling.
 *
 * @param base64  the images' base64 text, as ASCII bytes
 */
export function serialise(
  value: object,
  base64: readonly Buffer[] = [],
  fault: Fault = {},
): readonly Uint8Array[] {
  if (base64.length === 0) return [Buffer.from(escaped(JSON.stringify(ordered(value, fault)), fault))]
  const spoiled = {
    ...(fault.hugeFieldBytes === undefined ? {} : { x_padding: 'x'.repeat(fault.hugeFieldBytes) }),
    ...(fault.malformedUtf8 === true ? { x_text: placeholder(base64.length) } : {}),
    ...value,
  }
  const json = escaped(JSON.stringify(ordered(spoiled, fault)), fault)
  const blobs = [...base64.map((text) => spoiledBase64(text, fault)), MALFORMED]
  const whole = fault.brokenJson === true ? json.slice(0, -2) : json
  return whole.split(OPEN).flatMap((piece, position) => {
    if (position === 0) return [Buffer.from(piece)]
    const [index = '', rest = ''] = piece.split(CLOSE, 2)
    return [blobs[Number(index)] ?? Buffer.alloc(0), Buffer.from(rest)]
  })
}

/** One server-sent event. */
export function sse(value: object, base64?: readonly Buffer[], fault?: Fault): readonly Uint8Array[] {
  return [Buffer.from('data: '), ...serialise(value, base64, fault), Buffer.from('\n\n')]
}

export const KEEP_ALIVE: Uint8Array = Buffer.from(': OPENROUTER PROCESSING\n\n')
export const DONE: Uint8Array = Buffer.from('data: [DONE]\n\n')

function escaped(json: string, fault: Fault): string {
  return fault.escapedSlashes === true ? json.replaceAll('/', String.raw`\/`) : json
}

function spoiledBase64(text: Buffer, fault: Fault): Buffer {
  if (fault.base64 === undefined && fault.escapedSlashes !== true) return text
  const ascii = text.toString('latin1')
  switch (fault.base64) {
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
