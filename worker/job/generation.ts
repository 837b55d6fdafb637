import { createOpenRouterClient } from '../../shared/openrouter/client.ts'
import { billedCost } from '../../shared/prices/billed-cost.ts'
import type { PreviewSink } from '../../shared/response/previews.ts'
import type { Budget } from '../budget/budget.ts'
import type { ImageStore } from '../gallery/image-store.ts'
import type { Settings } from '../settings.ts'
import { costOf, settle, settleOwed } from './bill.ts'
import { buildManifest } from './build-manifest.ts'
import { interrupted, lost, NOT_STORED_YET, PURGED, toFailure } from './failure.ts'
import { logGeneration } from './generation-log.ts'
import type { ImageSet } from './image-set.ts'
import { abortUploads } from './image-writer.ts'
import type { JobStorage, UnfinishedState } from './job-storage.ts'
import type { PendingGeneration, PendingImage } from './pieces.ts'
import { remember, toldAt } from './remembered-failure.ts'
import { type Generated, requestImages } from './request-images.ts'
import type { Bill, JobRequest, Outcome } from './types.ts'

export interface StepPorts {
  readonly bucket: R2Bucket
  readonly budget: DurableObjectStub<Budget>
  readonly settings: Pick<Settings, 'openRouter' | 'maxCostUsd' | 'logPrompts'>
  readonly storage: JobStorage
  readonly images: Pick<ImageStore, 'complete'>
  readonly set: ImageSet
  readonly previews: PreviewSink
}

/**
 * Takes a generation on from wherever it stands. What it stands at is in the object's storage before each move, so
 * that a restart at any moment finds its way.
 */
export type Step = () => Promise<Outcome>

export function createStep(ports: StepPorts): Step {
  const { bucket, budget, settings, storage, images: stored, set, previews } = ports
  return step

  async function step(): Promise<Outcome> {
    const state = storage.state()
    switch (state?.phase) {
      case 'reserved':
        return generate(state)
      case 'started':
        return recover(state)
      case 'storing':
        return store(state, state.bill, set.epoch())
      case 'failed':
        await tidyUp()
        return { ok: false, failure: toldAt(state, Date.now()) }
      case 'over':
        await tidyUp()
        return { ok: false, failure: PURGED }
      case undefined:
        return { ok: true }
    }
  }

  async function generate(state: UnfinishedState): Promise<Outcome> {
    const { attempt } = state
    const startedAt = Date.now()
    const epoch = set.epoch()
    storage.put({ ...state, phase: 'started' })
    const request = await storage.request(state)
    let generated: Generated
    try {
      const client = createOpenRouterClient(settings.openRouter)
      generated = await requestImages(request, client, bucket, storage, previews)
    } catch (error) {
      return fail(request, attempt, error, startedAt)
    }
    const { images, summary, text } = generated
    const cost = billedCost(summary.usage?.costUsd, limitsOf(request))
    logGeneration(request, { cost, summary, mediaType: images[0]?.header.mediaType, startedAt }, settings)
    const manifest = buildManifest(request, images, summary, text, new Date())
    const generation: PendingGeneration = { images, manifest, replaces: request.refresh }
    const bill: Bill = { attempt, usd: cost.usd, outcome: 'generated' }
    // What is more than one write is recorded before it is published, so that a restart in between loses nothing.
    if ((request.refresh || !isOneWrite(images)) && epoch === set.epoch()) record(generation, bill)
    return store(generation, bill, epoch)
  }

  /** Makes the images safe. @returns whether they are, without which they can be published all the same */
  function record(generation: PendingGeneration, bill: Bill | undefined): boolean {
    try {
      storage.putStoring(generation, bill)
      return true
    } catch (error) {
      console.error(error)
      return false
    }
  }

  /** Makes the images visible, and settles. When R2 rejects them they stay safe, and the alarm tries again. */
  async function store(
    generation: PendingGeneration,
    bill: Bill | undefined,
    epoch: number,
  ): Promise<Outcome> {
    const { images, manifest } = generation
    const [held, owed] = await Promise.all([set.publish(generation, epoch), bill && settle(budget, bill)])
    const isPurged = epoch !== set.epoch()
    if (!held && !isPurged) {
      return { ok: false, failure: record(generation, owed) ? NOT_STORED_YET : toFailure(lost()) }
    }
    // Not before the bill is settled or written down.
    await storage.end(owed && { phase: 'over', bill: owed })
    if (held && !isPurged) return { ok: true, manifest, held }
    if (!held) await abortUploads(bucket, manifest.fingerprint, images)
    return { ok: false, failure: PURGED }
  }

  /** After a restart in the middle: the image may be stored; if it isn't, nobody knows what was billed. */
  async function recover(state: UnfinishedState): Promise<Outcome> {
    const { attempt, uploads = [] } = state
    const request = await storage.request(state)
    const { fingerprint, refresh } = request
    const complete = refresh ? undefined : await stored.complete(fingerprint)
    if (complete) {
      await complete.first.body.cancel()
      const { manifest } = complete
      const { usd } = billedCost(manifest.cost_usd, limitsOf(request))
      await storage.end({ phase: 'over', bill: { attempt, usd, outcome: 'generated' } })
      await settleOwed(budget, storage)
      return { ok: true, manifest }
    }
    await abortUploads(bucket, fingerprint, uploads)
    // A manifest without images, if it got so far.
    if (!refresh) await set.purge(fingerprint)
    return fail(request, attempt, interrupted(), Date.now())
  }

  /** Ends what is over, once the ledger has the bill. */
  async function tidyUp(): Promise<void> {
    if (!(await settleOwed(budget, storage))) return
    // Somebody may have begun a new generation meanwhile.
    const state = storage.state()
    if (state?.phase === 'over' || (state?.phase === 'failed' && state.until <= Date.now()))
      await storage.end()
  }

  /** Remembers a failure, settles it, and tells it to whoever waits. */
  async function fail(
    request: JobRequest,
    attempt: string,
    error: unknown,
    startedAt: number,
  ): Promise<Outcome> {
    const { outcome, ...cost } = costOf(error, limitsOf(request))
    const failure = toFailure(error)
    if (failure.code === 'internal') console.error(error)
    logGeneration(request, { error, cost, startedAt }, settings)
    const now = Date.now()
    const remembered = remember(failure, now)
    // Together: a crash must forget neither the doubt nor the bill.
    await storage.end({ phase: 'failed', ...remembered, bill: { attempt, usd: cost.usd, outcome } })
    await settleOwed(budget, storage)
    return { ok: false, failure: toldAt(remembered, now) }
  }

  function limitsOf({ estimateUsd }: JobRequest) {
    return { estimateUsd, maxUsd: settings.maxCostUsd }
  }
}

/** Whether a generation becomes visible by one write of bytes that are in memory. */
function isOneWrite([only, ...others]: readonly PendingImage[]): boolean {
  return others.length === 0 && only?.uploadId === undefined && only?.pieces[0]?.at === 'memory'
}
