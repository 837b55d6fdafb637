import { EaselError } from '../../shared/errors.ts'
import { CHUNK_BYTES, unpack } from './packed-request.ts'
import type { PendingGeneration, PendingImage } from './pieces.ts'
import type { RememberedFailure } from './remembered-failure.ts'
import type { Bill, JobRequest } from './types.ts'

/**
 * How far a generation is; survives the object it runs in.
 *
 * - `reserved`: money is reserved, OpenRouter not asked
 * - `started`: OpenRouter is being asked; found after a restart, nobody knows how that ended
 * - `storing`: the images are whole and safe, and not all of them visible in R2
 * - `failed`: what new requests get until `until`
 * - `over`: but for what has to be tidied up
 *
 * The last three have a bill as long as the ledger doesn't.
 */
export type JobState = UnfinishedState | StoringState | FailedState | OverState

export interface UnfinishedState {
  readonly phase: 'reserved' | 'started'
  readonly attempt: string
  /** Packed, where it is small: each value is a row, and rows are billed. */
  readonly request?: Uint8Array<ArrayBuffer>
  /** Multipart uploads that a crash would leave behind. */
  readonly uploads?: readonly Upload[]
}

export interface StoringState extends PendingGeneration {
  readonly phase: 'storing'
  readonly bill?: Bill | undefined
}

export interface FailedState extends RememberedFailure {
  readonly phase: 'failed'
  readonly bill?: Bill | undefined
}

export interface OverState {
  readonly phase: 'over'
  readonly bill?: Bill | undefined
}

export type Upload = Pick<PendingImage, 'index' | 'uploadId'>

/** Whether a generation goes on, or will. */
export function isUnfinished(state: JobState | undefined): state is UnfinishedState | StoringState {
  return state !== undefined && state.phase !== 'failed' && state.phase !== 'over'
}

/** Whether new requests get a failure at `now`. */
export function isRemembered(state: JobState | undefined, now: number): state is FailedState {
  return state?.phase === 'failed' && state.until > now
}

/** What is left of a generation for which OpenRouter need not be asked, or has been; `undefined` for any other. */
export function overOnceCancelled(state: JobState | undefined): OverState | undefined {
  if (state?.phase === 'storing') return { phase: 'over', bill: state.bill }
  if (state?.phase !== 'reserved') return undefined
  return { phase: 'over', bill: { attempt: state.attempt, usd: 0, outcome: 'unsent' } }
}

/**
 * What a job keeps between its lives. It reads and writes at once, so that no two decisions about a state overlap, and
 * what is written in one go is stored as one.
 */
export interface JobStorage {
  state(): JobState | undefined
  put(state: JobState): void
  /** `reserved`, with the request and the alarm that takes it up. */
  begin(attempt: string, request: readonly Uint8Array<ArrayBuffer>[]): Promise<void>
  request(state: UnfinishedState): Promise<JobRequest>
  /** Remembers an upload of the generation that has started. */
  putUpload(upload: Upload): void
  /** `storing`, with the bytes that are nowhere but in memory. */
  putStoring(generation: PendingGeneration, bill: Bill | undefined): void
  piece(index: number, piece: number): Promise<ArrayBuffer>
  putPiece(index: number, piece: number, bytes: ArrayBuffer): void
  /** The ledger has the bill of this attempt. */
  settled(attempt: string): Promise<void>
  /** Leaves nothing but this state, if there is one. */
  end(state?: JobState): Promise<void>
}

export function createJobStorage(storage: DurableObjectStorage): JobStorage {
  const { kv } = storage

  function state(): JobState | undefined {
    return kv.get<JobState>('state')
  }

  function put(next: JobState): void {
    kv.put('state', next)
  }

  function putChunks(name: string, chunks: readonly (ArrayBuffer | Uint8Array)[]): void {
    for (const [n, chunk] of chunks.entries()) kv.put(`${name}/${String(n).padStart(3, '0')}`, chunk)
  }

  function chunksOf(name: string): Uint8Array<ArrayBuffer>[] {
    return Array.from(kv.list<Uint8Array<ArrayBuffer>>({ prefix: `${name}/` }), ([, chunk]) => chunk)
  }

  function putPiece(index: number, piece: number, bytes: ArrayBuffer): void {
    const starts = Array.from(
      { length: Math.ceil(bytes.byteLength / CHUNK_BYTES) },
      (_, n) => n * CHUNK_BYTES,
    )
    putChunks(
      `piece/${index}/${piece}`,
      starts.map((at) => new Uint8Array(bytes.slice(at, at + CHUNK_BYTES))),
    )
  }

  async function end(last?: JobState): Promise<void> {
    if (!last) return storage.deleteAll()
    put(last)
    const others = Array.from(kv.list(), ([key]) => key).filter((key) => key !== 'state')
    for (const key of others) kv.delete(key)
  }

  return {
    state,
    put,

    async begin(attempt, request) {
      const [only, ...others] = request
      const isSmall = only !== undefined && others.length === 0
      if (!isSmall) putChunks('request', request)
      put({ phase: 'reserved', attempt, ...(isSmall && { request: only }) })
      await storage.setAlarm(Date.now())
    },

    async request({ request }) {
      const packed = request ? [request] : chunksOf('request')
      if (packed.length === 0) throw new EaselError('internal', 'A job has lost its request.')
      return unpack(packed)
    },

    putUpload(upload) {
      const started = state()
      if (started?.phase === 'started') put({ ...started, uploads: [...(started.uploads ?? []), upload] })
    },

    putStoring({ images, manifest, replaces }, bill) {
      const safe = images.map((image) => ({
        ...image,
        pieces: image.pieces.map((piece, n) => {
          if (piece.at !== 'memory') return piece
          putPiece(image.index, n, piece.bytes)
          return { at: 'storage' } as const
        }),
      }))
      put({ phase: 'storing', images: safe, manifest, replaces, bill })
    },

    piece: (index, piece) => new Blob(chunksOf(`piece/${index}/${piece}`)).arrayBuffer(),
    putPiece,

    async settled(attempt) {
      const current = state()
      if (!current || !('bill' in current) || current.bill?.attempt !== attempt) return
      if (current.phase === 'over') await end()
      else put({ ...current, bill: undefined })
    },
    end,
  }
}
