import { EaselError } from '../../shared/errors.ts'
import type { RememberedFailure } from './failure.ts'
import { unpack } from './packed-request.ts'
import type { PendingGeneration, Piece } from './pieces.ts'
import type { JobRequest, PackedRequest } from './types.ts'

/**
 * How far a generation is; survives the object it runs in.
 *
 * - `reserved`: money is reserved, OpenRouter not asked
 * - `started`: OpenRouter is being asked; found after a restart, nobody knows how that ended
 * - `storing`: the images are whole and safe, and not all of them visible in R2
 * - `failed`: what new requests get until `until`
 */
export type JobState = UnfinishedState | ({ readonly phase: 'storing' } & PendingGeneration) | FailedState

export interface UnfinishedState {
  readonly phase: 'reserved' | 'started'
  readonly attempt: string
  /** Packed, where it is small: each value is a row, and rows are billed. */
  readonly request?: Uint8Array<ArrayBuffer>
}

export type FailedState = { readonly phase: 'failed' } & RememberedFailure

/** A bill that the ledger hasn't got yet. */
export interface Unsettled {
  readonly attempt: string
  readonly usd: number
  readonly outcome: 'generated' | 'failed' | 'unknown'
}

/** What a job keeps between its lives. */
export interface JobStorage {
  state(): Promise<JobState | undefined>
  request(state: UnfinishedState): Promise<JobRequest>
  /** `reserved`, with the request. */
  begin(attempt: string, request: PackedRequest): Promise<void>
  putState(state: JobState): Promise<void>
  /** `storing`, with the bytes that are nowhere but in memory, and the bill unless the ledger has it. */
  putStoring(generation: PendingGeneration, unsettled?: Unsettled): Promise<void>
  unsettled(): Promise<Unsettled | undefined>
  putUnsettled(unsettled: Unsettled): Promise<void>
  deleteUnsettled(): Promise<void>
  /** Multipart uploads that a crash would leave behind. */
  uploads(): Promise<readonly { readonly index: number; readonly uploadId: string }[]>
  putUpload(index: number, uploadId: string): Promise<void>
  piece(index: number, piece: number): Promise<ArrayBuffer>
  putPiece(index: number, piece: number, bytes: ArrayBuffer): Promise<void>
  /** Leaves nothing but an unsettled bill and, if so asked, the remembered failure. */
  clear(keep?: 'failed'): Promise<void>
}

/** Below the 2 MiB that one value may have. */
const CHUNK_BYTES = 2 ** 20
/** Keys that one call takes. */
const KEYS_MAX = 128

export function createJobStorage(storage: DurableObjectStorage): JobStorage {
  async function putPiece(index: number, piece: number, bytes: ArrayBuffer): Promise<void> {
    await storage.put(await toChunks(`piece/${index}/${piece}`, [new Uint8Array(bytes)]))
  }

  return {
    state: () => storage.get<JobState>('state'),
    putState: (state) => storage.put<JobState>('state', state),

    async putStoring({ images, manifest, replaced }, unsettled) {
      const safe = []
      for (const image of images) {
        const pieces: Piece[] = []
        for (const [n, piece] of image.pieces.entries()) {
          if (piece.at === 'memory') await putPiece(image.index, n, piece.bytes)
          pieces.push(piece.at === 'memory' ? { at: 'storage' } : piece)
        }
        safe.push({ ...image, pieces })
      }
      const state: JobState = { phase: 'storing', images: safe, manifest, replaced }
      // In one go: images that are safe are paid for.
      await storage.put({ state, ...(unsettled && { unsettled }) })
    },

    async begin(attempt, request) {
      const isSmall = request instanceof Uint8Array
      const state: JobState = { phase: 'reserved', attempt, ...(isSmall && { request }) }
      // In one go, so that no state is without its request.
      await storage.put({ ...(!isSmall && (await toChunks('request', request))), state })
    },

    async request(state) {
      if (state.request) return unpack([state.request])
      const chunks = await storage.list<Uint8Array<ArrayBuffer>>({ prefix: 'request/' })
      if (chunks.size === 0) throw new EaselError('internal', 'A job has lost its request.')
      return unpack([...chunks.values()])
    },

    unsettled: () => storage.get<Unsettled>('unsettled'),
    putUnsettled: (unsettled) => storage.put<Unsettled>('unsettled', unsettled),
    async deleteUnsettled() {
      // Deleting is billed as a write, also where there is nothing.
      if (await storage.get('unsettled')) await storage.delete('unsettled')
    },

    async uploads() {
      const found = await storage.list<string>({ prefix: 'upload/' })
      return Array.from(found, ([key, uploadId]) => ({
        index: Number(key.slice('upload/'.length)),
        uploadId,
      }))
    },
    putUpload: (index, uploadId) => storage.put(`upload/${index}`, uploadId),

    async piece(index, piece) {
      const chunks = await storage.list<Uint8Array<ArrayBuffer>>({ prefix: `piece/${index}/${piece}/` })
      return new Blob([...chunks.values()]).arrayBuffer()
    },
    putPiece,

    async clear(keep) {
      const unsettled = await storage.get<Unsettled>('unsettled')
      if (!unsettled && keep === undefined) return storage.deleteAll()
      const stays = new Set(keep === undefined ? ['unsettled'] : ['unsettled', 'state'])
      const keys = [...(await storage.list()).keys()].filter((key) => !stays.has(key))
      for (let at = 0; at < keys.length; at += KEYS_MAX) await storage.delete(keys.slice(at, at + KEYS_MAX))
    },
  }
}

/** Bytes as values of {@link CHUNK_BYTES}, under keys that sort in their order. */
async function toChunks(
  name: string,
  bytes: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<Record<string, unknown>> {
  const chunks: Uint8Array[] = []
  let filled = CHUNK_BYTES
  for await (const arrived of bytes) {
    for (let at = 0; at < arrived.length;) {
      if (filled === CHUNK_BYTES) {
        chunks.push(new Uint8Array(CHUNK_BYTES))
        filled = 0
      }
      const part = arrived.subarray(at, at + CHUNK_BYTES - filled)
      chunks.at(-1)?.set(part, filled)
      filled += part.length
      at += part.length
    }
  }
  const last = chunks.pop()
  if (last) chunks.push(last.slice(0, filled))
  return Object.fromEntries(
    chunks.map((chunk, index) => [`${name}/${String(index).padStart(3, '0')}`, chunk]),
  )
}
