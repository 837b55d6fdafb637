const encoder = new TextEncoder()

/** UTF-8 of some text, piece by piece. */
export async function* encodeText(
  pieces: AsyncIterable<string>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of pieces) if (piece !== '') yield encoder.encode(piece)
}

/** A stream that asks for the next piece only when the client has taken the last; hanging up ends the source. */
export function toStream(pieces: AsyncGenerator<Uint8Array, void, undefined>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await pieces.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      async cancel() {
        await pieces.return()
      },
    },
    { highWaterMark: 0 },
  )
}
