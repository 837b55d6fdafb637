import type { DecodedImage } from '../../shared/media/image.ts'
import type { ImageRecord, ImageStore } from '../gallery/image-store.ts'

/**
 * Up to here a generation is stored before it is shown, and can't be lost any more: R2 takes it before anybody
 * minds the wait.
 */
const STORED_FIRST_BYTES = 8 * 2 ** 20

/**
 * How long answers may go on before R2 is written beside them, milliseconds. Both at once are slower for the
 * clients; but what is paid for should not be in memory only for longer than most of them take to read it.
 */
const ANSWERS_FIRST_MS = 2000

/** How long nobody must have taken anything, milliseconds: what has left this object has not left the Worker. */
const QUIET_MS = 100

const LOOK_EVERY_MS = 20

/** When any answer last got on. Jobs share an isolate, and its thread. */
let takenAt = 0

/** An image on its way to whoever had it generated, out of the memory that it was decoded into. */
export interface Answer {
  readonly body: ReadableStream<Uint8Array>
  /**
   * Says that the image is stored: what is left is read from there, so that no slow client holds its memory.
   *
   * @returns the piece that is being taken, and must stay
   */
  leaveMemory(): Uint8Array | undefined
}

/** Begins to send an image that is about to be stored. */
export function createAnswer({ segments }: DecodedImage, record: ImageRecord, images: ImageStore): Answer {
  // It ends only after as many bytes as were promised: what breaks off never looks whole.
  const { readable, writable } = new FixedLengthStream(record.byteLength)
  let isStored = false
  let taken: Uint8Array | undefined

  async function send(): Promise<void> {
    const writer = writable.getWriter()
    try {
      let sent = 0
      for (const segment of segments) {
        if (isStored) break
        taken = segment
        await writer.write(segment)
        takenAt = Date.now()
        sent += segment.byteLength
      }
      taken = undefined
      if (sent < record.byteLength) {
        writer.releaseLock()
        await (await readRest(record, sent, images)).pipeTo(writable)
      } else await writer.close()
    } finally {
      taken = undefined
    }
  }

  takenAt = Date.now()
  // Aborting does nothing when it was the client that left.
  send()
    .catch((error: unknown) => writable.abort(error))
    .catch(() => undefined)
  return {
    body: readable,
    leaveMemory() {
      isStored = true
      return taken
    },
  }
}

/** Whether a generation is small enough to be stored first, and shown after it. */
export function isStoredSoon(records: readonly ImageRecord[]): boolean {
  return records.reduce((sum, { byteLength }) => sum + byteLength, 0) <= STORED_FIRST_BYTES
}

/** Waits until nobody takes anything of an answer any more, within reason. */
export async function answersFirst(): Promise<void> {
  const until = Date.now() + ANSWERS_FIRST_MS
  do await scheduler.wait(LOOK_EVERY_MS)
  while (Date.now() < Math.min(takenAt + QUIET_MS, until))
}

async function readRest(
  { fingerprint, index, sha256, byteLength }: ImageRecord,
  start: number,
  images: ImageStore,
): Promise<ReadableStream<Uint8Array>> {
  const stored = await images.get(fingerprint, index, { start, end: byteLength - 1 })
  if (stored?.sha256 === sha256) return stored.body
  await stored?.body.cancel()
  throw new Error('the image was deleted or regenerated while it was sent')
}
