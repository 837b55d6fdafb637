import { DurableObject } from 'cloudflare:workers'
import { createOpenRouterClient, type OpenRouterClient } from '../../shared/openrouter/client.ts'
import { collect } from '../../shared/openrouter/collect.ts'
import type { Budget } from '../budget/budget.ts'
import type { Settlement } from '../budget/types.ts'
import { createR2ImageStore, type ImageStore, type StoredImage } from '../gallery/image-store.ts'
import { logGeneration } from './generation-log.ts'
import type { Env } from '../env.ts'
import { readSettings, type Settings } from '../settings.ts'
import { admit } from './admission.ts'
import { type Answer, answersFirst, createAnswer, isStoredSoon } from './answer.ts'
import { interrupted, mayHaveCost, memoryOf, notStored, toFailure, withRetryAfter } from './failure.ts'
import type { GenerateResult, Order, Outcome } from './types.ts'
import { createJobStorage, type JobStorage } from './job-storage.ts'
import { prepare, type Prepared, release, store } from './store-generation.ts'

/** Beyond the deadline of the call itself: for storing, and for what waits in between. */
const SLACK_MS = 60_000

/** When R2 did not take the images: how long until the next try. */
const STORE_AGAIN_MS = 30_000

/** `generated`: there is nothing to do, the image has come in the meantime. */
type Admission = Outcome | 'generated'

/** Somebody waits for these. */
interface Attempt {
  /** Money and rate allow it, and the order is kept. */
  readonly admitted: Promise<Admission>

  readonly finished: Promise<Outcome>
}

/** Who had the image generated, and wants it before it is stored. */
interface Asker {
  /** Of the image wanted, among those of the generation. */
  readonly index: number
  readonly answer: (image: StoredImage) => void
}

/**
 * One image's generation: an object for each fingerprint, so that OpenRouter is asked once, however many
 * ask from however many places. It runs in the alarm: no client's leaving, and no restart, takes the order
 * away. It says that it has started before it calls, and after a restart in the middle it fails rather than
 * pay again unasked.
 */
export class GenerationJob extends DurableObject<Env> {
  readonly #settings: Settings
  readonly #storage: JobStorage
  readonly #images: ImageStore
  readonly #client: OpenRouterClient
  readonly #budget: DurableObjectStub<Budget>
  #current: Attempt | undefined
  #asker: Asker | undefined
  /** The last one whose image was sent before it was stored: who wants another one has seen it, and doesn't join. */
  #answered: Attempt | undefined
  /** Told how the attempt that somebody waits for has ended. */
  #tell: (outcome: Outcome) => void = () => {}
  #running: Promise<Outcome> | undefined
  /** How the last images came into R2, or will. */
  #storing: Promise<Outcome> | undefined

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#settings = readSettings(env)
    this.#storage = createJobStorage(ctx.storage)
    this.#images = createR2ImageStore(env.BUCKET)
    this.#client = createOpenRouterClient(this.#settings.openRouter)
    this.#budget = env.BUDGET.get(env.BUDGET.idFromName('budget'))
  }

  /**
   * Has the image generated and waits until it is stored, at most as long as a generation may take.
   *
   * @param index  of the image that is wanted at once, if this call is the one that has it generated
   */
  async generate(order: Order, index?: number): Promise<GenerateResult> {
    if (order.refresh) await this.#answered?.finished
    const joined = this.#current !== undefined
    const attempt = (this.#current ??= this.#begin(order))
    const cache = joined ? 'joined' : 'miss'
    if (joined || index === undefined) {
      const outcome = await attempt.finished
      return outcome.ok ? { ok: true, cache } : outcome
    }
    const generated = new Promise<StoredImage>((answer) => (this.#asker = { index, answer }))
    const first = await Promise.race([attempt.finished, generated])
    if ('body' in first) return { ok: true, cache, generated: first }
    return first.ok ? { ok: true, cache } : first
  }

  /** Has the image generated and doesn't wait for it. */
  async submit(order: Order): Promise<GenerateResult> {
    if (order.refresh) await this.#answered?.finished
    const joined = this.#current !== undefined
    const attempt = (this.#current ??= this.#begin(order))
    const admission = await attempt.admitted
    if (admission === 'generated') return { ok: true, cache: 'joined' }
    return admission.ok ? { ok: true, cache: joined ? 'joined' : 'miss' } : admission
  }

  /** `pending` while it is being generated, or how it failed a moment ago; `undefined` when there is nothing. */
  async status(): Promise<'pending' | Outcome | undefined> {
    const state = await this.#storage.state()
    if (!state) return undefined
    if (state.phase !== 'failed') return 'pending'
    return state.until > Date.now()
      ? { ok: false, failure: withRetryAfter(state.failure, state.until, Date.now()) }
      : undefined
  }

  /**
   * Waits for images that are on their way into R2. `undefined` when this object knows of none; it doesn't look
   * into its storage, which would begin to exist for whatever fingerprint a stranger makes up.
   */
  async stored(): Promise<Outcome | undefined> {
    return this.#storing
  }

  override async alarm(): Promise<void> {
    // An alarm may come twice; the second one waits with the first.
    this.#running ??= this.#work().finally(() => (this.#running = undefined))
    this.#tell(await this.#running)
  }

  #begin(order: Order): Attempt {
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    this.#tell = resolve
    const admitted = this.#admit(order)
    const finished = admitted
      .then((admission): Outcome | Promise<Outcome> => {
        if (admission === 'generated') return { ok: true }
        return admission.ok ? Promise.race([promise, this.#giveUp()]) : admission
      })
      .finally(() => (this.#current = this.#asker = undefined))
    // Somebody who only submits doesn't wait for the end.
    finished.catch(() => undefined)
    return { admitted, finished }
  }

  /** Queues the order, or finds it queued by an earlier life of this object. */
  async #admit(order: Order): Promise<Admission> {
    const state = await this.#storage.state()
    if (state?.phase === 'failed' && state.until > Date.now()) {
      return { ok: false, failure: withRetryAfter(state.failure, state.until, Date.now()) }
    }
    if (!state || state.phase === 'failed') {
      // Whoever asked for it may have looked just before it was there.
      if (!order.refresh && (await this.#images.head(order.fingerprint, 0))) return 'generated'
      const attempt = crypto.randomUUID()
      const outcome = await admit(order, attempt, this.#settings, this.env.MISS_LIMIT, this.#budget)
      if (!outcome.ok) return outcome
      await this.#storage.putOrder(order)
      await this.#storage.putState({ phase: 'queued', attempt })
    }
    if (!this.#running) await this.ctx.storage.setAlarm(Date.now())
    return { ok: true }
  }

  /** One step from wherever the job stands. Never throws: a thrown alarm would be repeated. */
  async #work(): Promise<Outcome> {
    try {
      const state = await this.#storage.state()
      switch (state?.phase) {
        case 'queued':
          return await this.#generate(await this.#storage.order(), state.attempt)
        case 'started':
          return await this.#recover(await this.#storage.order(), state.attempt, state.startedAt)
        case 'storing':
          return await this.#store({ ...state, images: await this.#storage.rescued(state.records) })
        case 'failed':
          return { ok: false, failure: withRetryAfter(state.failure, state.until, Date.now()) }
        case undefined:
          return { ok: true }
      }
    } catch (error) {
      console.error(error)
      return this.#fail(error)
    }
  }

  async #generate(order: Order, attempt: string): Promise<Outcome> {
    const startedAt = Date.now()
    await this.#storage.putState({ phase: 'started', attempt, startedAt })
    let prepared: Prepared
    try {
      const generation = await collect(this.#client.send(order.request))
      await this.#settle(attempt, { usd: generation.usage?.costUsd, outcome: 'generated' })
      prepared = await prepare(order, generation)
    } catch (error) {
      await this.#settle(attempt, mayHaveCost(error) ? { outcome: 'unknown' } : { usd: 0, outcome: 'failed' })
      logGeneration(order, { outcome: error, durationMs: Date.now() - startedAt }, this.#settings)
      return this.#fail(error)
    }
    const { cost_usd: costUsd } = prepared.manifest
    logGeneration(
      order,
      { outcome: 'generated', costUsd, durationMs: Date.now() - startedAt },
      this.#settings,
    )
    return this.#store(prepared, () => this.#answer(prepared))
  }

  /** The answer to who waits for nothing but the image, if somebody does. */
  #answer({ images, records }: Prepared): Answer | undefined {
    const { index = 0, answer } = this.#asker ?? {}
    const [image, record] = [images[index], records[index]]
    if (!answer || !image || !record) return undefined
    const begun = createAnswer(image, record, this.#images)
    answer({ ...record, body: begun.body })
    this.#answered = this.#current
    return begun
  }

  #store(prepared: Prepared, answerNow?: () => Answer | undefined): Promise<Outcome> {
    return (this.#storing = this.#keep(prepared, answerNow))
  }

  /**
   * Puts paid images into R2; when it doesn't take them, keeps them here and tries again by itself.
   *
   * @param answerNow  begins to send the image to whoever had it generated, where storing it first takes long
   */
  async #keep(prepared: Prepared, answerNow?: () => Answer | undefined): Promise<Outcome> {
    const { records, manifest } = prepared
    const answer = isStoredSoon(records) ? undefined : answerNow?.()
    if (answer) await answersFirst()
    try {
      await store(prepared, this.#images)
    } catch (error) {
      console.error(error)
      await this.#storage.rescue(prepared)
      await this.#storage.putState({ phase: 'storing', records, manifest })
      await this.ctx.storage.setAlarm(Date.now() + STORE_AGAIN_MS)
      // It can't be lost any more, so whoever had it generated need not wait for R2.
      if (!answer) answerNow?.()
      return { ok: false, failure: notStored(STORE_AGAIN_MS) }
    }
    release(prepared, answer?.leaveMemory())
    await this.ctx.storage.deleteAll()
    return { ok: true }
  }

  /** After a restart in the middle: the image may be in R2 already; if it isn't, nobody knows. */
  async #recover(order: Order, attempt: string, startedAt: number): Promise<Outcome> {
    const image = await this.#images.head(order.fingerprint, 0)
    if (image && image.created.getTime() >= startedAt) {
      await this.#settle(attempt, { usd: image.costUsd, outcome: 'generated' })
      await this.ctx.storage.deleteAll()
      return { ok: true }
    }
    const error = interrupted()
    await this.#settle(attempt, { outcome: 'unknown' })
    logGeneration(order, { outcome: error, durationMs: Date.now() - startedAt }, this.#settings)
    return this.#fail(error)
  }

  async #fail(error: unknown): Promise<Outcome> {
    const failure = toFailure(error)
    const now = Date.now()
    const until = now + memoryOf(failure)
    this.#storing = undefined
    await this.ctx.storage.deleteAll()
    await this.#storage.putState({ phase: 'failed', failure, until })
    return { ok: false, failure: withRetryAfter(failure, until, now) }
  }

  /** A ledger that can't be reached keeps the reservation, which errs on the safe side. */
  async #settle(attempt: string, settlement: Settlement): Promise<void> {
    try {
      await this.#budget.settle(attempt, settlement)
    } catch (error) {
      console.error(error)
    }
  }

  async #giveUp(): Promise<Outcome> {
    await scheduler.wait(this.#settings.openRouter.deadlineMs + SLACK_MS)
    return {
      ok: false,
      failure: {
        code: 'upstream_timeout',
        message: 'The image is not there yet. It is still being generated: ask again, nothing is paid twice.',
        extras: { retryAfterSeconds: 10 },
      },
    }
  }
}
