/** ES2026's encoder, which TypeScript's library does not have yet. */
interface NativeSource {
  toBase64(): string
}

const hasNativeEncoder = 'toBase64' in Uint8Array.prototype

/** Arguments that one call can take. */
const SPREAD_MAX = 2 ** 13

/**
 * Bytes encoded at once: a multiple of three, so that only the last piece is padded, and far more than the 4 KiB
 * that a stream hands out by itself.
 */
const PIECE_BYTES = 3 * 2 ** 18

/**
 * Base64 of a stream, a piece at a time: neither the bytes nor the text is ever held whole.
 *
 * @param bytes  one of the platform's own, such as R2's
 */
export async function* encodeBase64(
  bytes: ReadableStream<Uint8Array>,
): AsyncGenerator<string, void, undefined> {
  const reader = bytes.getReader({ mode: 'byob' })
  let buffer = new Uint8Array(PIECE_BYTES)
  try {
    for (;;) {
      const { value } = await reader.readAtLeast(PIECE_BYTES, buffer)
      if (value && value.length > 0) yield toBase64(value)
      // Fewer than were asked for: the stream has ended.
      if (!value || value.length < PIECE_BYTES) return
      buffer = new Uint8Array(value.buffer)
    }
  } finally {
    // Whoever stops reading here lets go of the object, too.
    await reader.cancel()
  }
}

/** Base64 of bytes in memory, a piece at a time: the text is never held whole. */
export function* encodeBytes(bytes: Uint8Array): Generator<string, void, undefined> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield toBase64(bytes.subarray(at, at + PIECE_BYTES))
}

function toBase64(bytes: Uint8Array): string {
  if (hasNativeEncoder) return (bytes as Uint8Array & NativeSource).toBase64()
  let binary = ''
  for (let at = 0; at < bytes.length; at += SPREAD_MAX) {
    binary += String.fromCharCode(...bytes.subarray(at, at + SPREAD_MAX))
  }
  return btoa(binary)
}
