import { readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { inWorkspace } from '../../files/safe-path.ts'
import { lfsPaths } from '../../git/checkout.ts'
import type { RunResult } from '../../generate/results.ts'
import type { PlannedProject } from '../../plan/plan-project.ts'
import type { GitHubApi } from '../api/api.ts'
import type { Committed } from '../api/create-commit.ts'
import { explainFailure } from '../api/explain-failure.ts'
import { type FileChange, readImage } from '../changeset/changeset.ts'
import type { ActionInputs } from '../inputs.ts'
import type { RunContext } from '../target/run-context.ts'
import type { Target } from '../target/target.ts'
import { type Artifact, type ArtifactOptions, RESCUED, uploadArtifact, uploadPreviews } from './artifact.ts'
import { commitToBranch, type Landed } from './commit-to-branch.ts'
import { deliverAsPullRequest, type PullRequest } from './pull-request.ts'

/** Up to this many images are also uploaded one by one, so that they can be viewed in the browser. */
const PREVIEWS_MAX = 10

/** What a delivery needs to know of its run. */
export interface DeliveryRun {
  readonly project: PlannedProject['project']
  readonly inputs: ActionInputs
  readonly run: RunContext
  readonly target: Target
  readonly api: () => Promise<GitHubApi>
  readonly log: (line: string) => void
}

/** The result of a delivery. */
export interface Delivery {
  readonly commit?: Committed
  readonly pullRequest?: PullRequest
  readonly artifact?: Artifact
  /** What failed, and what to change. The step fails if there are any. */
  readonly failures: readonly string[]
}

type LandedOnBranch = Landed & { readonly pullRequest?: PullRequest }

/** What was delivered before the end of a run. */
export interface SoFar {
  /** How many changes that were. */
  readonly count: number
  readonly landed?: LandedOnBranch
  readonly artifact?: Artifact
  /** The commit that the workspace is as good as now. */
  readonly checkedOut?: string | undefined
}

/**
 * Delivers what is finished, while the run goes on. The end of the run tries again what fails.
 *
 * @param isLast  whether the run is about to be killed
 */
export async function deliverSoFar(
  delivery: DeliveryRun,
  changes: readonly FileChange[],
  { before, isLast }: { readonly before: SoFar; readonly isLast: boolean },
): Promise<SoFar> {
  try {
    const { checkedOut = delivery.target.destination?.checkedOut } = before
    const [landed, artifact] = await Promise.all([
      deliverToBranch(delivery, changes, { isComplete: false, checkedOut }),
      isLast ? deliverAsArtifact(delivery, changes) : undefined,
    ])
    // Nobody else's commit is in between.
    const isNext = landed.onto !== undefined && landed.onto === checkedOut
    const held = isNext ? landed.commit?.sha : checkedOut
    return { count: changes.length, landed, ...(artifact && { artifact }), checkedOut: held }
  } catch (error) {
    delivery.log(`Not delivered yet: ${explainFailure(error, delivery.target.destination?.branch ?? '')}`)
    return before
  }
}

/**
 * Delivers a run's images as the target says. Images that can't be delivered are uploaded as an artifact instead, or
 * kept in the workspace where there are no artifacts.
 */
export async function deliver(
  delivery: DeliveryRun,
  changes: readonly FileChange[],
  { result, soFar }: { readonly result: RunResult; readonly soFar: SoFar },
): Promise<Delivery> {
  const { inputs, target, log } = delivery
  let failed: readonly FileChange[] = []
  const failures: string[] = []
  const isComplete =
    inputs.only.length === 0 &&
    result.stoppedBy === undefined &&
    result.images.every(({ outcome }) => outcome !== 'failed' && outcome !== 'not-tried')
  // A cancelled run has no time to do it twice.
  const done = soFar.count === changes.length && !isComplete ? soFar : undefined
  let landed: LandedOnBranch = soFar.landed ?? { ours: [], superseded: [] }
  try {
    landed =
      done?.landed ?? (await deliverToBranch(delivery, changes, { isComplete, checkedOut: soFar.checkedOut }))
  } catch (error) {
    failures.push(explainFailure(error, target.destination?.branch ?? ''))
    failed = changes
  }
  for (const { path, after } of landed.superseded)
    if (after) log(`${path}: somebody else changed it meanwhile, and their version stays.`)
  let artifact: Artifact | undefined
  try {
    artifact = done?.artifact ?? (await deliverAsArtifact(delivery, changes))
  } catch (error) {
    failures.push(explainFailure(error, 'the artifact'))
    if (!target.destination) failed = changes
  }
  const rescued = await rescue(delivery, failed, artifact ? [] : landed.superseded).catch(
    (error: unknown): Rescued => ({ note: `The images are in the workspace: ${messageOf(error)}` }),
  )
  if (rescued.note !== undefined) log(rescued.note)
  const { commit, pullRequest } = landed
  const uploaded = artifact ?? rescued.artifact
  return {
    ...(commit && { commit }),
    ...(pullRequest && { pullRequest }),
    ...(uploaded && { artifact: uploaded }),
    failures: failures.map((failure) =>
      rescued.note === undefined ? failure : `${failure} ${rescued.note}`,
    ),
  }
}

async function deliverToBranch(
  { project, inputs, run, target, api, log }: DeliveryRun,
  changes: readonly FileChange[],
  options: { readonly isComplete: boolean; readonly checkedOut: string | undefined },
): Promise<LandedOnBranch> {
  const { destination, folder } = target
  const { isComplete } = options
  if (!destination || (changes.length === 0 && !isComplete)) return { ours: [], superseded: [] }
  const { branch, base } = destination
  const checkedOut = options.checkedOut ?? destination.checkedOut
  const paths = changes.map(({ path }) => path)
  const lfs = await lfsPaths(project.root, paths)
  const changeset = { project, folder, checkedOut, changes, lfs, message: inputs.commitMessage, log }
  if (base === undefined) {
    if (changes.length === 0) return { ours: [], superseded: [] }
    const landed = await commitToBranch(await api(), branch, changeset)
    if (landed.commit) log(`On ${branch}: ${landed.commit.url}`)
    return landed
  }
  const plan = { branch, base, isComplete, serverUrl: run.serverUrl }
  const landed = await deliverAsPullRequest(await api(), plan, changeset)
  const { pullRequest, closed } = landed
  if (pullRequest)
    log(`Pull request ${closed ? 'closed because nothing is left to change' : 'ready'}: ${pullRequest.url}`)
  return landed
}

async function deliverAsArtifact(
  delivery: DeliveryRun,
  changes: readonly FileChange[],
): Promise<Artifact | undefined> {
  const { project, target, log } = delivery
  if (!target.deliver.includes('artifact')) return undefined
  const paths = changes.flatMap(({ path, after }) => (after ? [path] : []))
  if (paths.length === 0) return undefined
  const files = new Map(paths.map((path) => [path, inWorkspace(project.root, path)]))
  const all = [...files.values(), inWorkspace(project.root, project.lock.path)]
  const artifact = await uploadArtifact(all, project.root, optionsOf(delivery, 'easel-images'))
  log(`Uploaded: ${artifact.url}`)
  if (files.size <= PREVIEWS_MAX) {
    const previews = await uploadPreviews(files, optionsOf(delivery, 'preview'))
    for (const { name, url } of previews) log(`${name}: ${url}`)
  }
  return artifact
}

interface Rescued {
  readonly note?: string
  readonly artifact?: Artifact
}

/**
 * Moves what could not be delivered to the workspace's rescue folder, and uploads that: whichever of the two the next
 * run finds, it adopts.
 */
async function rescue(
  delivery: DeliveryRun,
  failed: readonly FileChange[],
  superseded: readonly FileChange[],
): Promise<Rescued> {
  const { project, run } = delivery
  const [folder] = project.rescue
  for (const { path, after } of [...failed, ...superseded])
    if (after) await folder.keep(path, after, [await readImage(project.root, path)])
  for (const { path, before, after } of failed) {
    if (!after) continue
    // In its place and in the lock it would look as if it were delivered.
    await unlink(inWorkspace(project.root, path))
    await project.lock.set(path, before)
  }
  let uploaded: { readonly note: string; readonly artifact: Artifact } | undefined
  for (const { folder: root, list } of project.rescue) {
    const images = await list()
    if (images.length === 0) continue
    if (!run.hasArtifactService) return { note: `There is no artifact service. The images are in ${root}.` }
    try {
      const entries = await readdir(root, { recursive: true, withFileTypes: true })
      const files = entries.flatMap((one) => (one.isFile() ? [join(one.parentPath, one.name)] : []))
      const artifact = await uploadArtifact(files, root, optionsOf(delivery, RESCUED))
      uploaded ??= {
        artifact,
        note: `The images were uploaded as the artifact ${artifact.name}: ${artifact.url}`,
      }
    } catch (error) {
      return {
        note: `The images are in ${root}, and could not be uploaded as an artifact: ${messageOf(error)}`,
      }
    }
  }
  return uploaded ?? {}
}

function optionsOf({ inputs, run }: DeliveryRun, name: string): ArtifactOptions {
  const { tempFolder, runUrl } = run
  return { name, retentionDays: inputs.retentionDays, tempFolder, runUrl }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
