/** Below the 2 MiB that one value of a Durable Object may have. */
const CHUNK_BYTES = 2 ** 20

/** Keeps bytes of any length in a Durable Object's storage, under `<name>/<n>`. */
export async function putChunked(
  storage: DurableObjectStorage,
  name: string,
  segments: readonly Uint8Array[],
): Promise<void> {
  let n = 0
  for (const segment of segments) {
    for (let at = 0; at < segment.length; at += CHUNK_BYTES) {
      await storage.put(`${name}/${String(n++).padStart(6, '0')}`, segment.slice(at, at + CHUNK_BYTES))
    }
  }
}

/** The bytes under `name`, in the pieces that they are kept in; none when there are none. */
export async function getChunked(
  storage: DurableObjectStorage,
  name: string,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const chunks = await storage.list<Uint8Array<ArrayBuffer>>({ prefix: `${name}/` })
  return Array.from(chunks.values())
}
