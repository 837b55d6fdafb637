import type { BlockDecoder } from '../../shared/response/base64.ts'

/** Base64 through Node's own decoder, several times faster than lookup tables in JavaScript. */
export const decodeWithBuffer: BlockDecoder = (digits, target) => {
  const text = Buffer.from(digits.buffer, digits.byteOffset, digits.byteLength).toString('latin1')
  // Node also accepts base64url, and skips invalid characters: then fewer bytes come out.
  if (text.includes('-') || text.includes('_')) return false
  const wanted = (digits.length / 4) * 3
  const written = Buffer.from(target.buffer, target.byteOffset, target.byteLength).write(
    text,
    0,
    wanted,
    'base64',
  )
  return written === wanted
}
