const encoder = new TextEncoder()

/** A text as UTF-8. The copy is for the types: Workers' types leave open what kind of buffer `encode` returns. */
export function utf8Bytes(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(encoder.encode(text))
}

/** One byte for each character: what `atob` returns, as bytes. A loop, because inputs are megabytes. */
export function latin1Bytes(binary: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(binary.length)
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at)
  return bytes
}
