/** Buffers of one size, used again and again: for a small image, fresh ones take longer than decoding it. */
export interface BufferPool {
  take(): ArrayBuffer
  /** Only what nobody looks at any more. */
  give(buffer: ArrayBuffer): void
}

/** As many responses as are commonly read at once. */
const SPARE_MAX = 8

export function createBufferPool(byteLength: number): BufferPool {
  const spare: ArrayBuffer[] = []
  return {
    take: () => spare.pop() ?? new ArrayBuffer(byteLength),
    give(buffer) {
      // One that was transferred is empty.
      if (buffer.byteLength === byteLength && spare.length < SPARE_MAX) spare.push(buffer)
    },
  }
}
