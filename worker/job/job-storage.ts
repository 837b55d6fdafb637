import { EaselError } from '../../shared/errors.ts'
import { utf8Bytes } from '../../shared/media/bytes.ts'
import type { DecodedImage } from '../../shared/media/image.ts'
import type { ImageRecord } from '../gallery/image-store.ts'
import { getChunked, putChunked } from './chunked-storage.ts'
import type { JobState, Order } from './types.ts'
import type { Prepared } from './store-generation.ts'

/** What a job keeps between its lives. */
export interface JobStorage {
  state(): Promise<JobState | undefined>
  putState(state: JobState): Promise<void>
  order(): Promise<Order>
  putOrder(order: Order): Promise<void>
  /** Keeps the images' bytes here, until R2 takes them. */
  rescue(prepared: Prepared): Promise<void>
  rescued(records: readonly ImageRecord[]): Promise<readonly DecodedImage[]>
}

/** On a Durable Object's storage. An order may hold input images of many megabytes, so it is kept in pieces. */
export function createJobStorage(storage: DurableObjectStorage): JobStorage {
  let atHand: Order | undefined
  return {
    state: () => storage.get<JobState>('state'),
    putState: (state) => storage.put('state', state),

    async order() {
      if (atHand) return atHand
      const chunks = await getChunked(storage, 'order')
      if (chunks.length === 0) throw new EaselError('internal', 'A job has lost its order.')
      return (atHand = await new Response(new Blob(chunks)).json<Order>())
    },

    async putOrder(order) {
      atHand = order
      await putChunked(storage, 'order', [utf8Bytes(JSON.stringify(order))])
    },

    async rescue({ images }) {
      for (const [index, { segments }] of images.entries())
        await putChunked(storage, `image-${index}`, segments)
    },

    async rescued(records) {
      return Promise.all(
        records.map(async (record) => ({
          ...record,
          segments: await getChunked(storage, `image-${record.index}`),
        })),
      )
    },
  }
}
