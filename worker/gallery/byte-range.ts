/** Bytes of a representation, both ends included. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

export function toR2Range({ start, end }: ByteRange): R2Range {
  return { offset: start, length: end - start + 1 }
}

/** The given range of a stream. Reading stops where the range ends. */
export function slice(
  stream: ReadableStream<Uint8Array>,
  { start, end }: ByteRange,
): ReadableStream<Uint8Array> {
  const { readable, writable } = new FixedLengthStream(end - start + 1)
  void pump(stream, writable, start, end)
  return readable
}

async function pump(
  source: ReadableStream<Uint8Array>,
  sink: WritableStream<Uint8Array>,
  start: number,
  end: number,
): Promise<void> {
  const writer = sink.getWriter()
  let at = 0
  try {
    // Leaving the loop cancels the source.
    for await (const chunk of source) {
      const wanted = chunk.subarray(Math.max(0, start - at), Math.max(0, end + 1 - at))
      at += chunk.byteLength
      if (wanted.byteLength > 0) await writer.write(wanted)
      if (at > end) break
    }
    await writer.close()
  } catch (error) {
    // The client left or the source failed: the other end must know.
    await writer.abort(error).catch(() => undefined)
  }
}
