import { access } from 'node:fs/promises'
import type { RunResult } from '../../generate/results.ts'
import { type Artifact, type ArtifactFiles, filesOf, uploadArtifact, uploadPreviews } from './artifact.ts'
import { commitToBranch, type Landed } from './commit-to-branch.ts'
import type { Committed } from './commit.ts'
import { apiFor, changesetOf, type DeliveryRun } from './delivery-run.ts'
import { explainFailure } from './explain-failure.ts'
import { type FileChange, fileChangesOf } from './file-change.ts'
import { deliverAsPullRequest, type PullRequest } from './pull-request.ts'
import type { Target } from './target.ts'

/** Up to this many images are also uploaded one by one, so that they can be viewed in the browser. */
const PREVIEWS_MAX = 10

/** The result of a delivery. */
export interface Delivery {
  readonly commit?: Committed
  readonly pullRequest?: PullRequest
  readonly artifact?: Artifact
  /** What failed, and what to change. The step fails if there are any. */
  readonly failures: readonly string[]
}

/** Delivers a run's images as the inputs say. Images that can't be delivered are uploaded as an artifact instead. */
export async function deliver(run: DeliveryRun): Promise<Delivery> {
  const { inputs, result, planned, adopted, target, log } = run
  const orphans = new Map(planned.plan.orphans.map(({ path, entry }) => [path, entry]))
  const changes = [...adopted, ...fileChangesOf(result, orphans)]
  const undelivered = new Map<string, string>(rescuedFiles(result))
  const failures: string[] = []
  const fail = (error: unknown, where: string): void => {
    failures.push(explainFailure(error, where))
    for (const [path, source] of imagesOf(run, changes)) undelivered.set(path, source)
  }

  let landed: Landed & { readonly pullRequest?: PullRequest } = { ours: [], superseded: [] }
  try {
    if (target) landed = await deliverToTarget(run, target, changes)
  } catch (error) {
    fail(error, target?.branch ?? '')
  }
  for (const [path, source] of imagesOf(run, landed.superseded)) {
    log(`${path}: somebody else changed it meanwhile, and their version stays.`)
    undelivered.set(path, source)
  }
  let artifact: Artifact | undefined
  try {
    if (inputs.deliver.includes('artifact')) artifact = await deliverAsArtifact(run, changes)
    // It holds all of them.
    if (artifact) for (const { path } of changes) undelivered.delete(path)
  } catch (error) {
    fail(error, 'the artifact')
  }
  const rescued = await rescue(run, undelivered)
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

async function deliverToTarget(
  run: DeliveryRun,
  target: Target,
  changes: readonly FileChange[],
): Promise<Landed & { pullRequest?: PullRequest }> {
  const { inputs, result, runner, log } = run
  if (target.kind === 'commit') {
    if (changes.length === 0) return { ours: [], superseded: [] }
    const api = apiFor(run)
    const landed = await commitToBranch(api, target.branch, changesetOf(api, run, changes))
    if (landed.commit) log(`Committed to ${target.branch}: ${landed.commit.url}`)
    return landed
  }
  const api = apiFor(run)
  const isComplete =
    inputs.only.length === 0 &&
    result.stoppedBy === undefined &&
    result.images.every(({ outcome }) => outcome !== 'failed' && outcome !== 'not-tried')
  const { branch, base } = target
  const landed = await deliverAsPullRequest(
    api,
    { branch, base, isComplete, serverUrl: runner.serverUrl },
    changesetOf(api, run, changes),
  )
  const { pullRequest, closed } = landed
  if (pullRequest)
    log(`Pull request ${closed ? 'closed because nothing is left to change' : 'ready'}: ${pullRequest.url}`)
  return landed
}

async function deliverAsArtifact(
  run: DeliveryRun,
  changes: readonly FileChange[],
): Promise<Artifact | undefined> {
  const { log } = run
  const images = imagesOf(run, changes)
  if (images.size === 0) return undefined
  const artifact = await uploadArtifact(await withLock(run, images), artifactOptions(run, 'easel-images'))
  log(`Uploaded: ${artifact.url}`)
  if (images.size <= PREVIEWS_MAX) {
    const previews = await uploadPreviews(images, artifactOptions(run, 'preview'))
    for (const { name, url } of previews) log(`${name}: ${url}`)
  }
  return artifact
}

/** Uploads files that would be lost with the runner's disk. */
async function rescue(
  run: DeliveryRun,
  files: ArtifactFiles,
): Promise<{ note?: string; artifact?: Artifact }> {
  if (files.size === 0) return {}
  try {
    const artifact = await uploadArtifact(await withLock(run, files), artifactOptions(run, 'easel-rescued'))
    return { artifact, note: `The images were uploaded as the artifact ${artifact.name}: ${artifact.url}` }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return {
      note: `The images could not be uploaded as an artifact either. They are in the workspace. ${why}`,
    }
  }
}

/** Adds the lock to an artifact's files. There is none if the first run of a project failed. */
async function withLock({ planned }: DeliveryRun, files: ArtifactFiles): Promise<ArtifactFiles> {
  const { root, lock } = planned.project
  const locks = filesOf(root, [lock.path])
  const exists = await access(locks.get(lock.path) ?? '').then(
    () => true,
    () => false,
  )
  return exists ? new Map([...files, ...locks]) : files
}

function artifactOptions({ inputs, runner }: DeliveryRun, name: string) {
  return {
    name,
    retentionDays: inputs.retentionDays,
    tempFolder: runner.tempFolder,
    runUrl: runner.runUrl,
  }
}

function imagesOf({ planned }: DeliveryRun, changes: readonly FileChange[]): Map<string, string> {
  return filesOf(
    planned.project.root,
    changes.flatMap(({ path, after }) => (after ? [path] : [])),
  )
}

/** Images that were paid for but could not be written to their path. */
function rescuedFiles({ images }: RunResult): [string, string][] {
  return images.flatMap((image): [string, string][] =>
    image.outcome === 'failed' && image.rescuedTo !== undefined
      ? [[`rescued/${image.planned.image.path}`, image.rescuedTo]]
      : [],
  )
}
