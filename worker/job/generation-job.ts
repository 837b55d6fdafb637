import { DurableObject, exports } from 'cloudflare:workers'
import type { Fingerprint } from '../../shared/fingerprint.ts'
import type { Budget } from '../budget/budget.ts'
import { createR2ImageStore, type ImageStore } from '../gallery/image-store.ts'
import type { MakeVariant } from '../gallery/variant-store.ts'
import { readSettings, type Settings, type SettingsEnv } from '../settings.ts'
import { admit, type AdmissionPorts } from './admission.ts'
import { admitVariant } from './admit-variant.ts'
import { settle, settleOwed } from './bill.ts'
import { type Failure, LEDGER_FAILED, OWN_STORAGE_FAILED, PURGED } from './failure.ts'
import { createStep, type Step } from './generation.ts'
import { createImageSet, type ImageSet } from './image-set.ts'
import { abortUploads } from './image-writer.ts'
import {
  createJobStorage,
  isRemembered,
  isUnfinished,
  type JobStorage,
  overOnceCancelled,
} from './job-storage.ts'
import { discardPacked, readPacked } from './packed-request.ts'
import { createPreviews, type OnPreview } from './previews.ts'
import { tell, toldAt } from './remembered-failure.ts'
import { type AddThumbhashes, createThumbhashMaker } from './thumbhash-maker.ts'
import type { Flight, HeldImage, JobResult, Outcome, Run, SentRequest } from './types.ts'
import { createVariantMaker } from './variant-maker.ts'

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
  readonly #admission: AdmissionPorts
  readonly #step: Step
  readonly #makeVariant: MakeVariant
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
    this.#admission = { settings: this.#settings, limit: env.MISS_LIMIT, budget: this.#budget }
    const { BUCKET: bucket } = env
    const shared = { bucket, storage: this.#storage, images: this.#images, budget: this.#budget }
    this.#set = createImageSet({ ...shared, forget })
    this.#step = createStep({
      ...shared,
      settings: this.#settings,
      set: this.#set,
      previews: this.#previews.sink,
    })
    const transforming = {
      bucket,
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
    const { collapsed, flight } = await this.#join(request)
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
    const { collapsed, flight } = await this.#join(request)
    const admission = await flight.admission
    if ('run' in admission) return { ok: true, cache: collapsed ? 'collapsed' : 'miss' }
    return admission.ok ? { ok: true, cache: 'collapsed' } : admission
  }

  /**
   * `pending` while it is being generated, or the failure that is remembered, which counts as told then; `undefined`
   * when there is neither.
   */
  async status(): Promise<'pending' | Failure | undefined> {
    const state = this.#storage.state()
    const now = Date.now()
    if (!isRemembered(state, now)) return this.#flight || isUnfinished(state) ? 'pending' : undefined
    const told = tell(state, now, this.#settings.unknownHoldMs)
    if (told !== state) {
      this.#storage.put(told)
      await this.#wake()
    }
    return toldAt(told, now)
  }

  /**
   * Deletes everything under the fingerprint. A generation in progress is paid for, so it goes on and is settled, but
   * it is not stored.
   *
   * @returns whether there was anything
   */
  async purge(fingerprint: Fingerprint): Promise<boolean> {
    const state = this.#storage.state()
    const isPending = this.#flight !== undefined || isUnfinished(state)
    const over = overOnceCancelled(state)
    if (over) this.#storage.put(over)
    const existed = await this.#set.purge(fingerprint)
    if (state?.phase === 'storing') await abortUploads(this.env.BUCKET, fingerprint, state.images)
    if (over) await this.ctx.storage.setAlarm(Date.now())
    return existed || isPending
  }

  /** Makes and stores a variant of an image that the caller has read. */
  makeVariant(...wanted: Parameters<MakeVariant>): ReturnType<MakeVariant> {
    return this.#makeVariant(...wanted)
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

  /** Joins the flight, unless it ends before it begins for a reason that isn't this request's. */
  async #join(request: SentRequest): Promise<{ readonly collapsed: boolean; readonly flight: Flight }> {
    for (let flight = this.#flight; flight; flight = this.#flight) {
      const admission = await flight.admission
      if ('run' in admission || (admission.ok ? !request.refresh : !admission.isCallers)) {
        discardPacked(request.packed)
        return { collapsed: true, flight }
      }
      await flight.finished
    }
    return { collapsed: false, flight: (this.#flight = this.#takeOff(request)) }
  }

  #takeOff(request: SentRequest): Flight {
    const admission = this.#admit(request).finally(() => discardPacked(request.packed))
    const finished = admission
      .then((admitted) => ('run' in admitted ? admitted.run : admitted))
      .finally(() => (this.#flight = undefined))
    let sendable = SENT_TO_COLLAPSED_BYTES
    const takeBytes = (image: HeldImage | undefined) => (sendable -= image?.bytes.byteLength ?? 0) >= 0
    return { admission, finished, takeBytes }
  }

  /** Reserves the money and queues the request, or takes up what an earlier life of this object has queued. */
  async #admit(request: SentRequest): Promise<Outcome | Run> {
    const epoch = this.#set.epoch()
    try {
      // What is about to end must not end what begins here.
      while (this.#running && !isUnfinished(this.#storage.state())) await this.#running
      const state = this.#storage.state()
      if (isUnfinished(state)) return this.#running ? { run: this.#running } : await this.#runSoon()
      const now = Date.now()
      // What came after a request is what a repetition of the request gets.
      if (isRemembered(state, now) && (!request.refresh || state.since >= request.lookedAt))
        return { ok: false, failure: toldAt(state, now) }
      if (this.#set.isStored() && (await this.#isStored(request))) return { ok: true }
      if (!(await settleOwed(this.#budget, this.#storage))) return { ok: false, failure: LEDGER_FAILED }

      const attempt = crypto.randomUUID()
      const admission = await admit(request, attempt, this.#admission)
      if (!admission.ok) return admission
      const nothingSent = { attempt, usd: 0, outcome: 'unsent' } as const
      try {
        const isFound = admission.settledSince && (await this.#isStored(request))
        const packed = isFound ? undefined : await readPacked(request.packed)
        const isPurged = epoch !== this.#set.epoch()
        if (packed && !isPurged) {
          const { promise } = (this.#nextRun ??= Promise.withResolvers<Outcome>())
          await this.#storage.begin(attempt, packed)
          return { run: promise }
        }
        await settle(this.#budget, nothingSent)
        return isPurged ? { ok: false, failure: PURGED } : { ok: true }
      } catch (error) {
        // What was recorded all the same may still run, and needs its money.
        if (!isUnfinished(this.#storage.state())) await settle(this.#budget, nothingSent)
        throw error
      }
    } catch (error) {
      console.error(error)
      return { ok: false, failure: OWN_STORAGE_FAILED }
    }
  }

  /** Whether there is an image that came after the request. */
  async #isStored({ fingerprint, refresh, lookedAt }: SentRequest): Promise<boolean> {
    const image = await this.#images.head(fingerprint, 0)
    return image !== undefined && (!refresh || image.created.getTime() >= lookedAt)
  }

  async #runSoon(): Promise<Run> {
    const { promise } = (this.#nextRun ??= Promise.withResolvers<Outcome>())
    await this.ctx.storage.setAlarm(Date.now())
    return { run: promise }
  }

  /** One step from wherever the job stands. Never throws: an alarm that throws is repeated. */
  async #work(): Promise<Outcome> {
    let outcome: Outcome
    try {
      outcome = await this.#step()
    } catch (error) {
      console.error(error)
      outcome = { ok: false, failure: OWN_STORAGE_FAILED }
    }
    await this.#wake().catch(console.error)
    return outcome
  }

  /** Has the alarm come when what is left needs it. */
  async #wake(): Promise<void> {
    const state = this.#storage.state()
    if (!state) return
    const isIdle = state.phase === 'failed' && !state.bill
    const pauseMs = state.phase === 'reserved' ? 0 : AGAIN_MS
    await this.ctx.storage.setAlarm(isIdle ? state.until : Date.now() + pauseMs)
  }
}

/** Makes the edge's cache forget a fingerprint. */
function forget(fingerprint: Fingerprint): Promise<void> {
  return exports.Gallery.forget(fingerprint)
}
