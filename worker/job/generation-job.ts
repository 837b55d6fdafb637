import { DurableObject, exports } from 'cloudflare:workers'
import type { Fingerprint } from '../../shared/fingerprint.ts'
import type { Budget } from '../budget/budget.ts'
import { createR2ImageStore, type ImageStore, type StoredImage } from '../gallery/image-store.ts'
import { storageFailed } from '../gallery/storage-error.ts'
import type { Variant } from '../gallery/variant.ts'
import { readSettings, type Settings, type SettingsEnv } from '../settings.ts'
import { admit, LEDGER_FAILED } from './admission.ts'
import { admitVariant } from './admit-variant.ts'
import { type Bills, createBills } from './bills.ts'
import { type Failure, toFailure } from './failure.ts'
import { createFailureMemory, type FailureMemory } from './failure-memory.ts'
import { createImageSet, type ImageSet } from './image-set.ts'
import { abortUploads } from './image-writer.ts'
import { createJobStorage, type JobStorage } from './job-storage.ts'
import { discardPacked } from './packed-request.ts'
import { createPreviews, type OnPreview } from './previews.ts'
import { createStep, type Step } from './step.ts'
import { type AddThumbhashes, createThumbhashMaker } from './thumbhash-maker.ts'
import type { Flight, HeldImage, JobResult, Outcome, Run, SentRequest } from './types.ts'
import { createVariantMaker, type VariantMaker } from './variant-maker.ts'

/** What the object uses of the Worker's environment. */
export interface JobEnv extends SettingsEnv {
  readonly BUCKET: R2Bucket
  readonly BUDGET: DurableObjectNamespace<Budget>
  readonly IMAGES?: ImagesBinding
  readonly MISS_LIMIT?: RateLimit
  readonly VARIANT_LIMIT?: RateLimit
}

/** How long until R2 or the ledger is tried again, milliseconds. */
const AGAIN_MS = 30_000

/** What the requests that joined a generation are sent by its object, all together: they are in memory at once. */
const SENT_TO_COLLAPSED_BYTES = 32 * 2 ** 20

const OWN_STORAGE_FAILED =
  'Easel’s own storage does not respond. Try again in a few seconds: you won’t be charged again.'

/** Read by the first of the isolate's objects: they are many, and see one environment. */
let settings: Settings | undefined

/**
 * One object per fingerprint, and the only writer of that fingerprint's keys in R2: it generates, stores, replaces,
 * purges, and makes variants. So OpenRouter is asked once, however many ask from however many places.
 *
 * It generates from its alarm: no client that hangs up, and no restart, takes the request away. It records that it
 * started before it calls; after a restart in the middle it reports the doubt instead of paying again.
 */
export class GenerationJob extends DurableObject<JobEnv> {
  readonly #settings: Settings
  readonly #storage: JobStorage
  readonly #images: ImageStore
  readonly #set: ImageSet
  readonly #budget: DurableObjectStub<Budget>
  readonly #bills: Bills
  readonly #failures: FailureMemory
  readonly #step: Step
  readonly #makeVariant: VariantMaker
  readonly #addThumbhashes: AddThumbhashes
  readonly #previews = createPreviews()
  #flight: Flight | undefined
  /** Waits for the next alarm. */
  #nextRun: PromiseWithResolvers<Outcome> | undefined
  #running: Promise<Outcome> | undefined

  constructor(ctx: DurableObjectState, env: JobEnv) {
    super(ctx, env)
    this.#settings = settings ??= readSettings(env)
    this.#storage = createJobStorage(ctx.storage)
    this.#images = createR2ImageStore(env.BUCKET)
    this.#budget = env.BUDGET.get(env.BUDGET.idFromName('budget'))
    this.#bills = createBills({ budget: this.#budget, storage: this.#storage, again: () => this.#again() })
    this.#failures = createFailureMemory({
      storage: this.#storage,
      wakeAt: (time) => this.#wakeAt(time),
      unknownHoldMs: this.#settings.unknownHoldMs,
    })
    this.#set = createImageSet({ bucket: env.BUCKET, images: this.#images, storage: this.#storage, forget })
    this.#step = createStep({
      bucket: env.BUCKET,
      settings: this.#settings,
      storage: this.#storage,
      images: this.#images,
      set: this.#set,
      bills: this.#bills,
      failures: this.#failures,
      previews: this.#previews.sink,
      isAwaited: () => this.#flight !== undefined,
      again: () => this.#again(),
    })
    const transforming = {
      bucket: env.BUCKET,
      images: env.IMAGES,
      thumbhashes: new Map<string, string>(),
      admit: (limitKey: string) => admitVariant(limitKey, this.#settings, env.VARIANT_LIMIT, this.#budget),
      whileCurrent: this.#set.whileCurrent,
    }
    this.#makeVariant = createVariantMaker(transforming)
    this.#addThumbhashes = createThumbhashMaker({ ...transforming, store: this.#images, forget })
  }

  /**
   * Generates and waits until everything is stored.
   *
   * @param index  of the image to send along, where it is at hand: a page that many visitors open at once would read
   *   it from R2 as often
   * @param onPreview  told of the previews from now on, where the model streams any
   */
  async generate(request: SentRequest, index?: number, onPreview?: OnPreview): Promise<JobResult> {
    const { collapsed, flight } = this.#join(request)
    const outcome = await this.#previews.watch(onPreview, flight.finished)
    if (!outcome.ok) return outcome
    const { manifest, held } = outcome
    const image = held?.find(({ record }) => record.index === index)
    if (!manifest || (collapsed && !flight.takeBytes(image)))
      return { ok: true, cache: 'collapsed', manifest }
    return { ok: true, cache: collapsed ? 'collapsed' : 'miss', manifest, image }
  }

  /** Generates and doesn't wait. */
  async submit(request: SentRequest): Promise<JobResult> {
    const { collapsed, flight } = this.#join(request)
    const admission = await flight.admission
    if ('run' in admission) return { ok: true, cache: collapsed ? 'collapsed' : 'miss' }
    return admission.ok ? { ok: true, cache: 'collapsed' } : admission
  }

  /** `pending` while it is being generated, or the failure that is remembered; `undefined` when there is neither. */
  async status(): Promise<'pending' | Failure | undefined> {
    if (this.#flight) return 'pending'
    const state = await this.#storage.state()
    if (state?.phase !== 'failed') return state && 'pending'
    return state.until > Date.now() ? this.#failures.tell(state) : undefined
  }

  /**
   * Deletes everything under the fingerprint. A generation in progress is paid for, so it goes on and is settled, but
   * it is not stored.
   *
   * @returns whether there was anything
   */
  async purge(fingerprint: Fingerprint): Promise<boolean> {
    let isPending = this.#flight !== undefined
    const existed = await this.#set.purge(fingerprint, async () => {
      const state = await this.#storage.state()
      if (state?.phase !== 'storing') return
      isPending = true
      await abortUploads(this.env.BUCKET, fingerprint, state.images)
      await this.#storage.clear()
    })
    return existed || isPending
  }

  /** Makes and stores a variant of an image that the caller has read. */
  makeVariant(original: StoredImage, variant: Variant, limitKey: string): ReturnType<VariantMaker> {
    return this.#makeVariant(original, variant, limitKey)
  }

  /** Computes and keeps what thumbhashes are missing. */
  addThumbhashes(fingerprint: Fingerprint, limitKey: string): ReturnType<AddThumbhashes> {
    return this.#addThumbhashes(fingerprint, limitKey)
  }

  override async alarm(): Promise<void> {
    const waiting = this.#nextRun
    this.#nextRun = undefined
    while (this.#running) await this.#running
    this.#running = this.#work().finally(() => (this.#running = undefined))
    const outcome = await this.#running
    waiting?.resolve(outcome)
  }

  #join(request: SentRequest): { readonly collapsed: boolean; readonly flight: Flight } {
    const collapsed = this.#flight !== undefined
    if (collapsed) discardPacked(request.packed)
    return { collapsed, flight: (this.#flight ??= this.#takeOff(request)) }
  }

  #takeOff(request: SentRequest): Flight {
    const admission = this.#admit(request).finally(() => discardPacked(request.packed))
    const finished = admission
      .then((admitted) => ('run' in admitted ? admitted.run : admitted))
      .finally(() => (this.#flight = undefined))
    // Whoever only submits doesn't wait for the end.
    finished.catch(() => undefined)
    let sendable = SENT_TO_COLLAPSED_BYTES
    const takeBytes = (image: HeldImage | undefined) => (sendable -= image?.bytes.byteLength ?? 0) >= 0
    return { admission, finished, takeBytes }
  }

  /** Reserves the money and queues the request, or takes up what an earlier life of this object has queued. */
  async #admit(request: SentRequest): Promise<Outcome | Run> {
    try {
      const state = await this.#storage.state()
      if (state && state.phase !== 'failed')
        return this.#running ? { run: this.#running } : await this.#runSoon()
      if (state && state.until > Date.now() && !request.refresh) {
        return { ok: false, failure: await this.#failures.tell(state) }
      }
      if (this.#set.isStored() && (await this.#isStored(request))) return { ok: true }

      if (!(await this.#bills.settleLate())) return { ok: false, failure: LEDGER_FAILED }
      const attempt = crypto.randomUUID()
      const admission = await admit(request, attempt, this.#settings, this.env.MISS_LIMIT, this.#budget)
      if (!admission.ok) return admission
      try {
        if (admission.settledSince && (await this.#isStored(request))) {
          await this.#bills.settle({ attempt, usd: 0, outcome: 'failed' })
          return { ok: true }
        }
        await this.#storage.begin(attempt, request.packed)
        return await this.#runSoon()
      } catch (error) {
        await this.#bills.release(attempt)
        throw error
      }
    } catch (error) {
      console.error(error)
      return { ok: false, failure: toFailure(storageFailed(OWN_STORAGE_FAILED, error)) }
    }
  }

  async #isStored({ fingerprint, refresh }: SentRequest): Promise<boolean> {
    return !refresh && (await this.#images.head(fingerprint, 0)) !== undefined
  }

  async #runSoon(): Promise<Run> {
    const { promise } = (this.#nextRun ??= Promise.withResolvers<Outcome>())
    await this.ctx.storage.setAlarm(Date.now())
    return { run: promise }
  }

  /** One step from wherever the job stands. Never throws: an alarm that throws is repeated. */
  async #work(): Promise<Outcome> {
    try {
      await this.#bills.settleLate()
      const outcome = await this.#step()
      if (await this.#storage.unsettled()) await this.#again()
      return outcome
    } catch (error) {
      console.error(error)
      await this.#again().catch(() => undefined)
      return { ok: false, failure: toFailure(storageFailed(OWN_STORAGE_FAILED, error)) }
    }
  }

  #again(): Promise<void> {
    return this.#wakeAt(Date.now() + AGAIN_MS)
  }

  /** Sets the alarm, unless an earlier one is set. */
  async #wakeAt(time: number): Promise<void> {
    const alarm = await this.ctx.storage.getAlarm()
    if (alarm === null || alarm > time) await this.ctx.storage.setAlarm(time)
  }
}

/** Makes the edge's cache forget a fingerprint. */
function forget(fingerprint: Fingerprint): Promise<void> {
  return exports.Gallery.forget(fingerprint)
}
