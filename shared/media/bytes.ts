const encoder = new TextEncoder()

/** UTF-8 of a text. The copy is for the types: Workers' own leave open what kind of buffer `encode` returns. */
export function utf8Bytes(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(encoder.encode(text))
}
