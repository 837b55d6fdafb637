import { convertIndexedToRgb, decode, type DecodedPng } from 'fast-png'
import { rgbaToThumbHash } from 'thumbhash'

/** The longest side of an image that a thumbhash is computed from, pixels. Its format allows no more. */
export const THUMBHASH_MAX_PX = 100

/**
 * The thumbhash of a PNG, base64.
 *
 * @param png  at most {@link THUMBHASH_MAX_PX} on each side
 * @throws {Error} when it isn't a PNG, or has less than 8 bits for a shade of grey
 */
export function thumbhashOfPng(png: ArrayBuffer): string {
  const decoded = decode(png)
  const hash = rgbaToThumbHash(decoded.width, decoded.height, toRgba(decoded))
  return btoa(String.fromCharCode(...hash))
}

/** One byte for each of red, green, blue and opacity. */
function toRgba(png: DecodedPng): Uint8Array {
  const { palette, depth, width, height } = png
  if (!palette && depth < 8) throw new TypeError(`A PNG with ${depth} bits for a shade of grey`)
  const data = palette ? convertIndexedToRgb(png) : png.data
  const channels = palette ? (palette[0]?.length ?? 0) : png.channels
  const hasOpacity = channels === 2 || channels === 4
  const colours = hasOpacity ? channels - 1 : channels
  const byteOf = (at: number): number => (data[at] ?? 0) >> (depth === 16 ? 8 : 0)
  const rgba = new Uint8Array(width * height * 4)
  for (let pixel = 0; pixel < width * height; pixel++) {
    const from = pixel * channels
    for (let colour = 0; colour < 3; colour++)
      rgba[pixel * 4 + colour] = byteOf(from + Math.min(colour, colours - 1))
    rgba[pixel * 4 + 3] = hasOpacity ? byteOf(from + colours) : 255
  }
  return rgba
}
