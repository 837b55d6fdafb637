import { createOpenRouterClient } from '../../shared/openrouter/client.ts'
import { billedCost } from '../../shared/prices/billed-cost.ts'
import type { PreviewSink } from '../../shared/response/previews.ts'
import type { ImageStore } from '../gallery/image-store.ts'
import type { Settings } from '../settings.ts'
import type { Bills } from './bills.ts'
import { buildManifest } from './build-manifest.ts'
import { billOf, interrupted, NOT_STORED_YET, PURGED, toFailure } from './failure.ts'
import type { FailureMemory } from './failure-memory.ts'
import { logGeneration } from './generation-log.ts'
import type { ImageSet } from './image-set.ts'
import { abortUploads } from './image-writer.ts'
import type { JobStorage, UnfinishedState, Unsettled } from './job-storage.ts'
import type { PendingGeneration } from './pieces.ts'
import { findReplaced } from './publish.ts'
import { type Generated, requestImages } from './request-images.ts'
import type { JobRequest, Outcome } from './types.ts'

export interface StepPorts {
  readonly bucket: R2Bucket
  readonly settings: Pick<Settings, 'openRouter' | 'maxCostUsd' | 'logPrompts'>
  readonly storage: JobStorage
  readonly images: ImageStore
  readonly set: ImageSet
  readonly bills: Bills
  readonly failures: FailureMemory
  readonly previews: PreviewSink
  /** Whether somebody waits for the outcome. */
  readonly isAwaited: () => boolean
  /** Has the alarm try again, in a while. */
  readonly again: () => Promise<void>
}

/**
 * Takes a generation on from wherever it stands: reserved, started, storing or failed. What it stands at is in the
 * object's storage before each move, so that a restart at any moment finds its way.
 */
export type Step = () => Promise<Outcome>

export function createStep({
  bucket,
  settings,
  storage,
  images: stored,
  set,
  bills,
  failures,
  previews,
  isAwaited,
  again,
}: StepPorts): Step {
  return step

  async function step(): Promise<Outcome> {
    const state = await storage.state()
    switch (state?.phase) {
      case 'reserved':
        return generate(await storage.request(state), state)
      case 'started':
        return recover(await storage.request(state), state.attempt)
      case 'storing':
        return finish(await publish(state, async () => (await storage.state())?.phase === 'storing'))
      case 'failed':
        await failures.expire(state)
        return { ok: false, failure: state.failure }
      case undefined:
        return { ok: true }
    }
  }

  async function generate(request: JobRequest, state: UnfinishedState): Promise<Outcome> {
    const { attempt } = state
    const startedAt = Date.now()
    const epoch = set.epoch()
    await storage.putState({ ...state, phase: 'started' })
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
    const bill: Unsettled = { attempt, usd: cost.usd, outcome: 'generated' }
    const generation = await record(request, { images, manifest }, bill)
    const [outcome] = await Promise.all([
      publish(generation, () => epoch === set.epoch()),
      bills.settle(bill),
    ])
    // Not before the bill is settled or written down.
    return finish(outcome)
  }

  /** Leaves nothing behind, unless the images still have to be stored. */
  async function finish(outcome: Outcome): Promise<Outcome> {
    if (outcome.ok || outcome.failure === PURGED) await storage.clear()
    return outcome
  }

  /** What is more than one write is recorded before it is published, so that a restart in between loses nothing. */
  async function record(
    request: JobRequest,
    generation: PendingGeneration,
    bill: Unsettled,
  ): Promise<PendingGeneration> {
    const [only, ...others] = generation.images
    const isOneWrite = others.length === 0 && only?.uploadId === undefined && only?.pieces[0]?.at === 'memory'
    if (!request.refresh && isOneWrite) return generation
    const replaced = request.refresh
      ? await findReplaced(bucket, request.fingerprint).catch(() => ({}))
      : undefined
    await storage.putStoring({ ...generation, replaced }, bill)
    return { ...generation, replaced }
  }

  /** Makes the images visible. When R2 rejects them they stay safe, and the alarm tries again. */
  async function publish(
    generation: PendingGeneration,
    isWanted: () => boolean | Promise<boolean>,
  ): Promise<Outcome> {
    const publication = await set.publish(generation, isWanted)
    if (publication.status === 'published') {
      return { ok: true, manifest: generation.manifest, held: publication.held }
    }
    if (publication.status === 'purged') return { ok: false, failure: PURGED }
    await storage.putStoring({ ...generation, images: publication.left })
    await again()
    return { ok: false, failure: NOT_STORED_YET }
  }

  /** After a restart in the middle: the image may be stored; if it isn't, nobody knows what was billed. */
  async function recover(request: JobRequest, attempt: string): Promise<Outcome> {
    const { fingerprint, refresh } = request
    const complete = refresh ? undefined : await stored.complete(fingerprint)
    if (complete) {
      await complete.first.body.cancel()
      const { manifest } = complete
      const { usd } = billedCost(manifest.cost_usd, limitsOf(request))
      await bills.settle({ attempt, usd, outcome: 'generated' })
      await storage.clear()
      return { ok: true, manifest }
    }
    const uploads = await storage.uploads()
    await abortUploads(bucket, fingerprint, uploads)
    // A manifest without images, if it got so far.
    if (!refresh) await set.purge(fingerprint)
    return fail(request, attempt, interrupted(), Date.now())
  }

  /** Settles and remembers a failure, and tells it to whoever waits. */
  async function fail(
    request: JobRequest,
    attempt: string,
    error: unknown,
    startedAt: number,
  ): Promise<Outcome> {
    const bill = billOf(error, limitsOf(request))
    const failure = toFailure(error)
    if (failure.code === 'internal') console.error(error)
    logGeneration(request, { error, cost: bill, startedAt }, settings)
    await bills.settle({ attempt, usd: bill.usd, outcome: bill.outcome })
    return { ok: false, failure: await failures.keep(failure, isAwaited()) }
  }

  function limitsOf({ estimateUsd }: JobRequest) {
    return { estimateUsd, maxUsd: settings.maxCostUsd }
  }
}
