import { compare } from '../../config/diagnostic.ts'
import type { ImageResult, RunResult } from '../../generate/results.ts'
import type { ActionRun } from '../action-run.ts'
import { explainFailure } from '../api/failure.ts'
import type { FileChange } from '../changeset/changeset.ts'
import { type Delivery, setDeliveryOutputs } from '../report/outputs.ts'
import { type Artifact, uploadImages } from './artifact.ts'
import { commitToBranch, type Landed, retryWhileBranchMoves } from './commit-to-branch.ts'
import { deliverAsPullRequest } from './pull-request.ts'
import { rescue } from './rescue.ts'

/**
 * Delivers what is finished every `deliver-every` minutes, and at once when the job is cancelled: the runner then kills
 * it within ten seconds. Outputs are set as soon as they are known.
 */
export function startDeliveries(run: ActionRun, stop: AbortSignal) {
  const { inputs, context, log } = run
  const { deliver, destination } = run.target
  const finished = new Map<string, FileChange>()
  const incoming: Promise<void>[] = []
  /** Whether something is finished and not delivered. */
  let isPending = false
  let landed: Landed = { ours: [], superseded: [] }
  let artifact: Artifact | undefined
  /** What failed for good, and what to change. */
  const failures: string[] = []

  // One after the other, each with everything that is finished by then.
  let turn = Promise.resolve()
  const deliverNow = (): void => void (turn = turn.then(deliverEarly))
  const isOften = inputs.deliverEvery > 0 && destination !== undefined
  const timer = isOften ? setInterval(deliverNow, inputs.deliverEvery * 60_000).unref() : undefined
  stop.addEventListener('abort', deliverNow)

  /** The end of the run tries again what fails, unless the run is cancelled: then it may never come. */
  async function deliverEarly(): Promise<void> {
    // Seconds at most, where another commit would take more.
    await Promise.all(incoming)
    if (!isPending) return
    isPending = false
    const isLast = stop.aborted
    const problems = await Promise.all([toBranch(false), isLast ? toArtifact() : undefined])
    if (isLast && problems[0] !== undefined) return saveRefused(problems)
    for (const problem of problems.filter((one) => one !== undefined)) {
      isPending = true
      log.line(`Not delivered yet: ${problem}`)
    }
  }

  /** Rescues what no branch has, if it is refused for good. */
  async function saveRefused(problems: readonly (string | undefined)[]): Promise<void> {
    const [branchProblem, artifactProblem] = problems
    const isLost = branchProblem !== undefined || (artifactProblem !== undefined && !destination)
    const { ours, superseded } = landed
    const settled = new Set([...ours, ...superseded])
    const lost = isLost ? changes().filter((change) => !settled.has(change)) : []
    const { note, artifact: rescued } = await rescue(run, lost, artifact ? [] : superseded)
    for (const { path } of lost) finished.delete(path)
    if (note !== undefined) log.line(note)
    artifact ??= rescued
    setDeliveryOutputs({ ...(artifact && { artifact }) })
    for (const problem of problems)
      if (problem !== undefined) failures.push(note === undefined ? problem : `${problem} ${note}`)
  }

  async function deliverAtEnd(isComplete: boolean): Promise<Delivery> {
    // A cancelled run has no time to do it twice.
    const isDone = !isPending && !isComplete
    const branchProblem = isDone ? undefined : await toBranch(isComplete)
    for (const { path, after } of landed.superseded)
      if (after) log.line(`${path}: somebody else changed it meanwhile, and their version stays.`)
    const artifactProblem = isDone && artifact ? undefined : await toArtifact()
    if (!isDone || failures.length === 0) await saveRefused([branchProblem, artifactProblem])
    const { commit, pullRequest } = landed
    return {
      ...(commit && { commit }),
      ...(pullRequest && { pullRequest }),
      ...(artifact && { artifact }),
      failures,
    }
  }

  /** @returns what failed, and what to change */
  async function toBranch(isComplete: boolean): Promise<string | undefined> {
    if (!destination) return undefined
    const { branch, base } = destination
    // Without changes, a pull request may still be out of date.
    if (finished.size === 0 && !(isComplete && base !== undefined)) return undefined
    try {
      landed = await retryWhileBranchMoves(branch, run, () =>
        base === undefined
          ? commitToBranch(run, branch, changes())
          : deliverAsPullRequest(run, { branch, base }, changes(), isComplete),
      )
      setDeliveryOutputs(landed)
      return undefined
    } catch (error) {
      return explainFailure(error, branch, base !== undefined)
    }
  }

  /** @returns what failed, and what to change */
  async function toArtifact(): Promise<string | undefined> {
    if (!deliver.includes('artifact')) return undefined
    try {
      artifact = await uploadImages(run, changes())
      setDeliveryOutputs({ ...(artifact && { artifact }) })
      return undefined
    } catch (error) {
      return explainFailure(error, 'the artifact')
    }
  }

  async function take(one: FileChange | Promise<FileChange>): Promise<void> {
    const change = await one
    finished.set(change.path, change)
    isPending = true
    if (stop.aborted) deliverNow()
  }

  function changes(): readonly FileChange[] {
    return [...finished.values()].toSorted((a, b) => compare(a.path, b.path))
  }

  return {
    /** Takes what is finished, or about to be. It is delivered with the next early delivery, or at the end. */
    add(...more: readonly (FileChange | Promise<FileChange>)[]): void {
      for (const one of more) incoming.push(take(one))
    },
    /**
     * Delivers a run's images as the target says. Images that can't be delivered are uploaded as an artifact instead,
     * or kept in the workspace where there are no artifacts.
     *
     * @returns `undefined` when there is nowhere to deliver to, and nothing to rescue
     */
    async finish(result: RunResult): Promise<Delivery | undefined> {
      clearInterval(timer)
      stop.removeEventListener('abort', deliverNow)
      await Promise.all(incoming)
      await turn
      const hasRescued = result.images.some((image) => image.outcome === 'failed' && image.rescuedTo)
      // With nothing to deliver, rescued images would still be lost with the runner's disk.
      const isNeeded = deliver.some((way) => way !== 'none') || (hasRescued && context.hasArtifactService)
      if (!isNeeded) return undefined
      const isComplete =
        inputs.only.length === 0 && result.stoppedBy === undefined && result.images.every(isSettled)
      return log.group('Deliver', () => deliverAtEnd(isComplete))
    },
  }
}

/** Whether an image is as the config says: not failed, not tried later, not left out. */
function isSettled({ outcome, planned: { status } }: ImageResult): boolean {
  if (outcome === 'unchanged') return status === 'up-to-date' || status === 'drifted'
  return outcome !== 'failed' && outcome !== 'not-tried'
}
