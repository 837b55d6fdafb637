import { EaselError } from '../../shared/errors.ts'
import { utf8Bytes } from '../../shared/media/bytes.ts'
import type { RememberedFailure } from './failure.ts'
import type { PendingGeneration, Piece } from './pieces.ts'
import type { JobRequest } from './types.ts'

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
  /** The request as JSON in UTF-8, where one value has room for it: each value is a row, and rows are billed. */
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
  begin(attempt: string, request: JobRequest): Promise<void>
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
  let atHand: JobRequest | undefined

  async function putPiece(index: number, piece: number, bytes: ArrayBuffer): Promise<void> {
    await storage.put(toChunks(`piece/${index}/${piece}`, new Uint8Array(bytes)))
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
      atHand = request
      const bytes = utf8Bytes(JSON.stringify(request))
      const isSmall = bytes.length <= CHUNK_BYTES
      const state: JobState = { phase: 'reserved', attempt, ...(isSmall && { request: bytes }) }
      // In one go, so that no state is without its request.
      await storage.put({ ...(!isSmall && toChunks('request', bytes)), state })
    },

    async request(state) {
      if (atHand) return atHand
      if (state.request) return (atHand = await new Response(state.request).json<JobRequest>())
      const chunks = await storage.list<Uint8Array<ArrayBuffer>>({ prefix: 'request/' })
      if (chunks.size === 0) throw new EaselError('internal', 'A job has lost its request.')
      return (atHand = await new Response(new Blob([...chunks.values()])).json<JobRequest>())
    },

    unsettled: () => storage.get<Unsettled>('unsettled'),
    putUnsettled: (unsettled) => storage.put<Unsettled>('unsettled', unsettled),
    async deleteUnsettled() {
      await storage.delete('unsettled')
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
      atHand = undefined
      const unsettled = await storage.get<Unsettled>('unsettled')
      if (!unsettled && keep === undefined) return storage.deleteAll()
      const stays = new Set(keep === undefined ? ['unsettled'] : ['unsettled', 'state'])
      const keys = [...(await storage.list()).keys()].filter((key) => !stays.has(key))
      for (let at = 0; at < keys.length; at += KEYS_MAX) await storage.delete(keys.slice(at, at + KEYS_MAX))
    },
  }
}

function toChunks(name: string, bytes: Uint8Array): Record<string, unknown> {
  const chunks: Record<string, unknown> = {}
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    chunks[`${name}/${String(at / CHUNK_BYTES).padStart(3, '0')}`] = bytes.slice(at, at + CHUNK_BYTES)
  }
  return chunks
}
