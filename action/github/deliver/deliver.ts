import { lfsPaths } from '../../git/checkout.ts'
import type { RunResult } from '../../generate/results.ts'
import type { DeliveryRun } from '../action-run.ts'
import type { Committed } from '../api/create-commit.ts'
import { explainFailure } from '../api/explain-failure.ts'
import type { FileChange } from '../changeset/changeset.ts'
import { setDeliveryOutputs } from '../report/outputs.ts'
import { type Artifact, uploadImages } from './artifact.ts'
import { commitToBranch, type Landed, type PullRequest } from './commit-to-branch.ts'
import { deliverAsPullRequest } from './pull-request.ts'
import { rescue } from './rescue.ts'

/** The result of a delivery. */
export interface Delivery {
  readonly commit?: Committed
  readonly pullRequest?: PullRequest
  readonly artifact?: Artifact
  /** What failed, and what to change. The step fails if there are any. */
  readonly failures: readonly string[]
}

/** The deliveries of a run. */
export interface Deliveries {
  /** Takes what is finished. It is delivered with the next early delivery, or at the end. */
  add(changes: readonly FileChange[]): void
  /**
   * Delivers a run's images as the target says. Images that can't be delivered are uploaded as an artifact instead, or
   * kept in the workspace where there are no artifacts.
   *
   * @returns `undefined` when there is nowhere to deliver to, and nothing to rescue
   */
  finish(changes: readonly FileChange[], result: RunResult): Promise<Delivery | undefined>
}

/**
 * Delivers what is finished every `deliver-every` minutes, and at once when the job is cancelled: the runner then kills
 * it within ten seconds. Outputs are set as soon as they are known.
 */
export function startDeliveries(delivery: DeliveryRun, stop: AbortSignal): Deliveries {
  const { inputs, target, log } = delivery
  const { deliver, destination } = target
  const finished: FileChange[] = []
  /** How many of the changes are delivered. */
  let delivered = 0
  /** The commit that the workspace is as good as now. */
  let checkedOut = destination?.checkedOut ?? ''
  let landed: Landed = { ours: [], superseded: [] }
  let artifact: Artifact | undefined

  // One after the other, each with everything that is finished by then.
  let turn = Promise.resolve()
  const deliverNow = (): void => void (turn = turn.then(deliverEarly))
  const isOften = inputs.deliverEvery > 0 && destination !== undefined
  const timer = isOften ? setInterval(deliverNow, inputs.deliverEvery * 60_000).unref() : undefined
  stop.addEventListener('abort', deliverNow)

  /** The end of the run tries again what fails. */
  async function deliverEarly(): Promise<void> {
    const changes = [...finished]
    if (changes.length === delivered) return
    try {
      await Promise.all([toBranch(changes, { isComplete: false }), stop.aborted && toArtifact(changes)])
      delivered = changes.length
    } catch (error) {
      log.line(`Not delivered yet: ${explainFailure(error, destination?.branch ?? '')}`)
    }
  }

  async function toBranch(
    changes: readonly FileChange[],
    { isComplete }: { readonly isComplete: boolean },
  ): Promise<void> {
    // Without changes, a pull request may still be out of date.
    if (!destination || (changes.length === 0 && !(isComplete && destination.base !== undefined))) return
    const { project, run, api } = delivery
    const paths = changes.map(({ path }) => path)
    const lfs = await lfsPaths(project.root, paths)
    const { folder } = target
    const changeset = {
      project,
      folder,
      checkedOut,
      changes,
      lfs,
      message: inputs.commitMessage,
      log: log.line,
    }
    const { branch, base } = destination
    landed =
      base === undefined
        ? await commitToBranch(await api(), branch, changeset)
        : await deliverAsPullRequest(await api(), { branch, base, isComplete, run }, changeset)
    const { commit, onto } = landed
    // Nobody else's commit is in between.
    if (commit && onto === checkedOut) checkedOut = commit.sha
    setDeliveryOutputs(landed)
  }

  async function toArtifact(changes: readonly FileChange[]): Promise<void> {
    if (!deliver.includes('artifact')) return
    artifact = await uploadImages(delivery, changes)
    setDeliveryOutputs({ ...(artifact && { artifact }) })
  }

  async function deliverAtEnd(changes: readonly FileChange[], isComplete: boolean): Promise<Delivery> {
    let failed: readonly FileChange[] = []
    const failures: string[] = []
    // A cancelled run has no time to do it twice.
    const isDone = delivered === changes.length && !isComplete
    try {
      if (!isDone) await toBranch(changes, { isComplete })
    } catch (error) {
      failures.push(explainFailure(error, destination?.branch ?? ''))
      failed = changes
    }
    for (const { path, after } of landed.superseded)
      if (after) log.line(`${path}: somebody else changed it meanwhile, and their version stays.`)
    try {
      if (!isDone || !artifact) await toArtifact(changes)
    } catch (error) {
      failures.push(explainFailure(error, 'the artifact'))
      if (!destination) failed = changes
    }
    const { note, artifact: rescued } = await rescue(delivery, failed, artifact ? [] : landed.superseded)
    if (note !== undefined) log.line(note)
    const uploaded = artifact ?? rescued
    const { commit, pullRequest } = landed
    return {
      ...(commit && { commit }),
      ...(pullRequest && { pullRequest }),
      ...(uploaded && { artifact: uploaded }),
      failures: failures.map((failure) => (note === undefined ? failure : `${failure} ${note}`)),
    }
  }

  return {
    add(changes) {
      finished.push(...changes)
      if (stop.aborted) deliverNow()
    },
    async finish(changes, result) {
      clearInterval(timer)
      stop.removeEventListener('abort', deliverNow)
      await turn
      const hasRescued = result.images.some((image) => image.outcome === 'failed' && image.rescuedTo)
      // With nothing to deliver, rescued images would still be lost with the runner's disk.
      const isNeeded =
        deliver.some((way) => way !== 'none') || (hasRescued && delivery.run.hasArtifactService)
      if (!isNeeded) return undefined
      const isComplete =
        inputs.only.length === 0 &&
        result.stoppedBy === undefined &&
        result.images.every(({ outcome }) => outcome !== 'failed' && outcome !== 'not-tried')
      return log.group('Deliver', () => deliverAtEnd(changes, isComplete))
    },
  }
}
