/** ES2026's encoder, which TypeScript's library does not have yet. */
interface NativeSource {
  toBase64(): string
}

const hasNativeEncoder = 'toBase64' in Uint8Array.prototype

/** Arguments that one call can take. */
const SPREAD_MAX = 2 ** 13

/**
 * Base64 of a stream, a piece at a time: neither the bytes nor the text is ever held whole. What doesn't fill
 * a group of three bytes waits for the next piece.
 */
export async function* encodeBase64(
  bytes: ReadableStream<Uint8Array>,
): AsyncGenerator<string, void, undefined> {
  let rest = new Uint8Array(0)
  for await (const chunk of bytes) {
    const start = rest.length === 0 ? 0 : Math.min(3 - rest.length, chunk.length)
    if (start > 0) {
      const group = new Uint8Array(rest.length + start)
      group.set(rest)
      group.set(chunk.subarray(0, start), rest.length)
      rest = group
      if (rest.length < 3) continue
      yield toBase64(rest)
    }
    const end = chunk.length - ((chunk.length - start) % 3)
    if (end > start) yield toBase64(chunk.subarray(start, end))
    rest = chunk.slice(end)
  }
  if (rest.length > 0) yield toBase64(rest)
}

function toBase64(bytes: Uint8Array): string {
  if (hasNativeEncoder) return (bytes as Uint8Array & NativeSource).toBase64()
  let binary = ''
  for (let at = 0; at < bytes.length; at += SPREAD_MAX) {
    binary += String.fromCharCode(...bytes.subarray(at, at + SPREAD_MAX))
  }
  return btoa(binary)
}
