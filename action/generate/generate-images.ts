import { setFlagsFromString } from 'node:v8'
import pMap from 'p-map'
import { adoptPlanned } from '../adopt/adopt-images.ts'
import { keepCopy } from '../adopt/keep-copy.ts'
import { keepNeeded } from '../adopt/keep-needed.ts'
import { isDiskProblem, SaveError, systemErrorText } from '../adopt/save-error.ts'
import { inWorkspace } from '../files/safe-path.ts'
import { tidyRescueFolders } from '../adopt/tidy-rescue-folders.ts'
import type { PlannedImage } from '../plan/plan.ts'
import type { ExclusivePlan } from '../plan/plan-alone.ts'
import type { Project } from '../plan/plan-project.ts'
import { attempt, type Attempted, type AttemptTools, notSaved } from './attempt.ts'
import { createBudget, type Limits } from './budget.ts'
import { takeDoubts } from './doubts.ts'
import {
  failed,
  type FailedResult,
  type ImageResult,
  type RunResult,
  type SavedImage,
  totalEstimate,
} from './results.ts'

export interface GenerateOptions extends Limits {
  /** Images generated at the same time, 1 or more. */
  readonly concurrency: number
  /** Whether a failure ends the run. Images in flight are finished either way. */
  readonly onError: 'fail' | 'keep-going'
}

export interface GenerateTools extends Omit<AttemptTools, 'root' | 'onDiskProblem'> {
  /** Called with each image once its file and its lock entry are written; the entry's thumbhash takes longer. */
  readonly onSaved?: ((saved: Promise<SavedImage>) => void) | undefined
  /** Whether OpenRouter can be asked. */
  readonly hasKey: boolean
  /** Aborted: start nothing new, finish what is in flight. */
  readonly stop: AbortSignal
}

/**
 * Does what a plan says: adopts what exists, generates the rest. Each image is on disk and in the lock before the next
 * one takes its slot. An image that fails is a result, never an exception.
 */
export async function generateImages(
  { plan, project, isAlone }: ExclusivePlan,
  options: GenerateOptions,
  tools: GenerateTools,
): Promise<RunResult> {
  const { onProgress, saver } = tools
  const { root, lock, rescue } = project
  let stoppedBy: string | undefined

  function isStopped(): boolean {
    if (!isAlone())
      stoppedBy ??=
        'Another easel command took over while this one was suspended, or somebody removed .easel.'
    return stoppedBy !== undefined || tools.stop.aborted || tools.abort.aborted
  }

  const toGenerate = plan.images.filter(({ action }) => action === 'generate')
  const rescued = (await Promise.all(rescue.map((folder) => folder.list()))).flat()
  // Without a key nobody can be asked: the next run does.
  const doubts = tools.hasKey ? await takeDoubts(root, { ...tools, rescued, signal: tools.abort }) : []
  const budget = createBudget(options, doubts)

  const refused = plan.images.filter(({ action }) => action === 'fail').map(driftFailure)
  if (refused.length > 0 && options.onError === 'fail') stoppedBy = 'A file is not the one that Easel wrote.'
  onProgress({ type: 'begin', total: toGenerate.length, estimateUsd: totalEstimate(toGenerate), doubts })
  for (const result of refused) onProgress({ type: 'finish', result })

  const savings: Promise<SavedImage>[] = []

  /** Reports a result, and ends the run where it must. */
  function finish({ result, saved, fatal }: Attempted): ImageResult {
    onProgress({ type: 'finish', result })
    if (saved) {
      savings.push(saved)
      tools.onSaved?.(saved)
    }
    if (fatal !== undefined) stoppedBy ??= fatal
    else if (result.outcome === 'failed' && options.onError === 'fail' && result.code !== 'budget_exhausted')
      stoppedBy ??= `${result.planned.image.path} failed.`
    return result
  }

  /** The image that found out may take minutes to end. */
  function onDiskProblem(problem: string): void {
    stoppedBy ??= problem
  }

  async function adoptOne(planned: PlannedImage): Promise<ImageResult> {
    const { adoption } = planned
    if (!adoption || adoption.kind === 'shared') throw new TypeError('not an image to adopt')
    if (isStopped()) return { planned, outcome: 'not-tried' }
    const problem = blocked.get(planned.image.path)
    if (problem) return finish({ result: notSaved(planned, problem) })
    const copy = kept.get(planned.image.path)
    return finish(await adopted(planned, () => adoptPlanned(planned, adoption, copy, { saver, project })))
  }

  async function generateNext(planned: PlannedImage): Promise<ImageResult> {
    if (isStopped()) return { planned, outcome: 'not-tried' }
    const problem = blocked.get(planned.image.path)
    if (problem) return finish({ result: notSaved(planned, problem) })
    const reservation = await budget.reserve(planned.image.estimate)
    if (isStopped()) {
      if ('settle' in reservation) reservation.settle(0)
      return { planned, outcome: 'not-tried' }
    }
    // The others may be cheaper and still fit: a limit stops this image, not the run.
    return finish(
      'refused' in reservation
        ? { result: failed(planned, 'budget_exhausted', reservation.refused) }
        : await attempt(planned, reservation, { ...tools, root, onDiskProblem }),
    )
  }

  /** Generates an image, and gives its bytes to those with the same spec. */
  async function generateAndShare(payer: PlannedImage): Promise<ImageResult[]> {
    const result = await generateNext(payer)
    const results = [result]
    for (const planned of plan.images.filter(isSharedWith(payer))) {
      if (result.outcome === 'generated') {
        const { entry } = result
        const file = inWorkspace(root, payer.image.path)
        results.push(
          finish(
            await adopted(planned, async () =>
              saver.place(planned, await keepCopy(planned.image.path, { entry, file }, saver)),
            ),
          ),
        )
      } else if (result.outcome === 'failed') {
        const message = `${planned.image.path} has the same spec as ${payer.image.path}, which failed.`
        results.push(finish({ result: failed(planned, result.code, message) }))
      } else results.push({ planned, outcome: 'not-tried' })
    }
    return results
  }

  // Images live outside V8's heap, so nothing long-lived is allocated inside while they are read. The young
  // generation would still double again and again, and hold on to 80 MB.
  setFlagsFromString('--semi-space-growth-factor=1')
  const { concurrency } = options
  const { kept, blocked } = await keepNeeded({ plan, project }, saver)
  const full = [...blocked.values()].find(isDiskProblem)
  if (full) stoppedBy ??= full.message
  const adoptions = await pMap(plan.images.filter(isAdopted), adoptOne, { concurrency })
  for (const { outcome, planned } of adoptions)
    if (outcome === 'adopted') await dropSource(planned, project.images)
  const results = [
    ...refused,
    ...adoptions,
    ...(await pMap(toGenerate, generateAndShare, { concurrency })).flat(),
    ...(await Promise.all(savings)),
  ]
  if (plan.isLockUnmerged && !isStopped()) await lock.rewrite()
  if (isAlone()) await tidyRescueFolders(project)
  onProgress({ type: 'end' })
  if (tools.abort.aborted || tools.stop.aborted) stoppedBy = 'The run was interrupted.'
  const byPath = new Map(results.map((result) => [result.planned.image.path, result]))
  return {
    images: plan.images.map(
      (planned) => byPath.get(planned.image.path) ?? { planned, outcome: 'unchanged' as const },
    ),
    pruned: [],
    doubts,
    ...(stoppedBy !== undefined && { stoppedBy }),
  }
}

function isAdopted({ adoption }: PlannedImage): boolean {
  return adoption !== undefined && adoption.kind !== 'shared'
}

/** Forgets a rescued image that another path has taken over, unless its own still waits for it. */
async function dropSource({ adoption }: PlannedImage, images: Project['images']): Promise<void> {
  const { rescued } = adoption?.kind === 'file' ? adoption.known : {}
  const isOwners = images.some(
    ({ path, fingerprint }) => path === rescued?.path && fingerprint === rescued.entry.fingerprint,
  )
  if (!isOwners) await rescued?.drop()
}

function isSharedWith(payer: PlannedImage): (planned: PlannedImage) => boolean {
  return ({ adoption }) => adoption?.kind === 'shared' && adoption.path === payer.image.path
}

async function adopted(
  planned: PlannedImage,
  act: () => ReturnType<typeof adoptPlanned>,
): Promise<Attempted> {
  try {
    const { entry, finished, lockProblem } = await act()
    const result = { planned, outcome: 'adopted', entry } as const
    const saved = finished.then((final) => ({ ...result, entry: final }))
    return { result, saved, ...(lockProblem !== undefined && { fatal: lockProblem }) }
  } catch (error) {
    const problem =
      error instanceof SaveError
        ? error
        : new SaveError(`${planned.image.path} can’t be adopted: ${systemErrorText(error)}`, undefined, error)
    return { result: notSaved(planned, problem), ...(isDiskProblem(error) && { fatal: problem.message }) }
  }
}

function driftFailure(planned: PlannedImage): FailedResult {
  const { file, image } = planned
  return failed(
    planned,
    'drifted',
    file.kind === 'other'
      ? `${image.path} is ${file.what}: move it away.`
      : `${image.path} is not the file that Easel wrote, and on-drift is fail.`,
  )
}
