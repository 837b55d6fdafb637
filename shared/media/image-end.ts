import type { ImageMediaType } from './image.ts'

/** Follows the bytes of one file, and knows whether they reach its end. */
export interface EndCheck {
  /** The next bytes; the first call brings at least the file's header. */
  push(bytes: Uint8Array): void
  /** Whether all bytes so far are a whole file. What comes after its end does no harm. */
  isWhole(): boolean
}

/**
 * A check that a file was not cut short, for the types where that is cheap to see. Others count as whole.
 */
export function createEndCheck(mediaType: ImageMediaType): EndCheck {
  if (mediaType === 'image/png') return pngCheck()
  if (mediaType === 'image/jpeg') return jpegCheck()
  if (mediaType === 'image/webp') return webpCheck()
  return { push: () => undefined, isWhole: () => true }
}

const PNG_SIGNATURE_BYTES = 8
const CRC_BYTES = 4
/** `IEND`, as a number. */
const IEND = 0x49454e44

/** From chunk to chunk: length, type, so many bytes, checksum; the last one is `IEND`. */
function pngCheck(): EndCheck {
  const header = new Uint8Array(8)
  const fields = new DataView(header.buffer)
  let filled = 0
  let skip = PNG_SIGNATURE_BYTES
  let isLast = false

  return {
    push(bytes) {
      for (let at = 0; at < bytes.length;) {
        const step = Math.min(skip > 0 ? skip : header.length - filled, bytes.length - at)
        const piece = bytes.subarray(at, at + step)
        at += step
        if (skip > 0) {
          skip -= step
          if (isLast && skip === 0) return
          continue
        }
        if (isLast) return
        header.set(piece, filled)
        filled = (filled + step) % header.length
        if (filled > 0) return
        isLast = fields.getUint32(4) === IEND
        skip = fields.getUint32(0) + CRC_BYTES
      }
    },
    isWhole: () => isLast && skip === 0,
  }
}

/** The marker for the end of the image, and padding after it, which some encoders add. */
function jpegCheck(): EndCheck {
  let isWhole = false
  let lastByte = 0
  return {
    push(bytes) {
      let end = bytes.length
      while (end > 0 && isPadding(bytes[end - 1])) end--
      if (end > 0) isWhole = bytes[end - 1] === 0xd9 && (end > 1 ? bytes[end - 2] : lastByte) === 0xff
      lastByte = bytes.at(-1) ?? lastByte
    },
    isWhole: () => isWhole,
  }
}

/** Zeros and line ends. */
function isPadding(byte: number | undefined): boolean {
  return byte === 0x00 || byte === 0x0a || byte === 0x0d
}

const RIFF_HEADER_BYTES = 8

/** The header says how long the file is. */
function webpCheck(): EndCheck {
  let expected: number | undefined
  let seen = 0
  return {
    push(bytes) {
      seen += bytes.length
      expected ??= RIFF_HEADER_BYTES + new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true)
    },
    isWhole: () => expected !== undefined && seen >= expected,
  }
}
