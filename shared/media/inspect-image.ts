import { BrokenImageError } from './broken-image-error.ts'
import { HEADER_MAX_BYTES, HEADER_USUAL_BYTES, type ImageHeader, joinSegments, readHeader } from './image.ts'
import { createEndCheck, type EndCheck } from './image-end.ts'

/** What the bytes of a whole image say about it. */
export interface InspectedImage extends ImageHeader {
  readonly byteLength: number
}

/** Looks at an image as it passes by, holding no more of it than its header. */
export interface ImageInspector {
  push(bytes: Uint8Array<ArrayBuffer>): void
  /** How many bytes have passed. */
  byteLength(): number
  /** @throws {BrokenImageError} when the bytes are none of Easel's types, or end too early */
  finish(): InspectedImage
}

export function createImageInspector(): ImageInspector {
  let byteLength = 0
  /** Copies of the first bytes, until their type and size are known. */
  let held: Uint8Array<ArrayBuffer>[] = []
  let lookAt = HEADER_USUAL_BYTES
  let known: { readonly header: ImageHeader; readonly end: EndCheck } | undefined

  function look(head: Uint8Array<ArrayBuffer>): void {
    const header = readHeader(head.subarray(0, HEADER_USUAL_BYTES)) ?? readHeader(head)
    if (header) {
      known = { header, end: createEndCheck(header.mediaType) }
      known.end.push(head)
    }
    const isHopeless = !header && byteLength >= HEADER_MAX_BYTES
    if (header || isHopeless) held = []
    lookAt = isHopeless ? Infinity : HEADER_MAX_BYTES
  }

  return {
    push(bytes) {
      byteLength += bytes.byteLength
      if (known) return known.end.push(bytes)
      if (byteLength >= lookAt) look(joinSegments([...held, bytes]))
      if (!known && lookAt !== Infinity) held.push(bytes.slice())
    },
    byteLength: () => byteLength,
    finish() {
      if (!known && lookAt !== Infinity) look(joinSegments(held))
      if (!known) throw new BrokenImageError('its bytes are not a PNG, JPEG, WebP, GIF, AVIF or SVG image')
      if (!known.end.isWhole()) throw new BrokenImageError('the file ends too early')
      return { ...known.header, byteLength }
    },
  }
}
