import { access } from 'node:fs/promises'
import type { RunResult } from '../../generate/results.ts'
import { type Artifact, type ArtifactFiles, filesOf, uploadArtifact, uploadPreviews } from './artifact.ts'
import { apiFor, baseOf, branchOf, type Cargo, parcelFor, pullBranchOf } from './delivery-run.ts'
import { type Change, changesOf } from './file-change.ts'
import type { Committed } from './commit.ts'
import { DeliveryError } from './delivery-error.ts'
import { explainFailure } from './explain-failure.ts'
import { deliverAsPull, type PullRequest } from './pull-request.ts'
import { deliverToBranch, type Landed } from './commit-to-branch.ts'

/** Up to this many images are also uploaded one by one, to be looked at in the browser. */
const PREVIEWS_MAX = 10

/** What became of it. */
export interface Delivery {
  readonly commit?: Committed
  readonly pullRequest?: PullRequest
  readonly artifact?: Artifact
  /** What did not work, with what to change. The step is red then. */
  readonly failures: readonly string[]
}

/** Delivers a run's images as the inputs say. Whatever can't be delivered is rescued as an artifact. */
export async function deliver(cargo: Cargo): Promise<Delivery> {
  const { inputs, result, planned, adopted } = cargo
  const orphans = new Map(planned.plan.orphans.map(({ path, entry }) => [path, entry]))
  const changes = [...adopted, ...changesOf(result, orphans)]
  const lost = new Map<string, string>(strandedFiles(result))
  const failures: string[] = []
  const fail = (error: unknown, where: string): void => {
    failures.push(explainFailure(error, where))
    for (const [path, source] of imagesOf(cargo, changes)) lost.set(path, source)
  }

  let landed: Landed & { readonly pullRequest?: PullRequest } = { ours: [], superseded: [] }
  try {
    if (inputs.deliver.includes('commit')) landed = await toBranch(cargo, changes)
    if (inputs.deliver.includes('pull-request')) landed = await asPull(cargo, changes)
  } catch (error) {
    fail(error, inputs.deliver.includes('commit') ? branchOf(cargo) : pullBranchOf(cargo))
  }
  for (const [path, source] of imagesOf(cargo, landed.superseded)) {
    cargo.tell(`${path} was changed by somebody else meanwhile: theirs stays.`)
    lost.set(path, source)
  }
  let artifact: Artifact | undefined
  try {
    if (inputs.deliver.includes('artifact')) artifact = await asArtifact(cargo, changes)
    // It holds them all.
    if (artifact) for (const { path } of changes) lost.delete(path)
  } catch (error) {
    fail(error, 'the artifact')
  }
  const rescued = await rescue(cargo, lost)
  if (rescued.note !== undefined) cargo.tell(rescued.note)
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

async function toBranch(cargo: Cargo, changes: readonly Change[]): Promise<Landed> {
  const branch = branchOf(cargo)
  if (changes.length === 0) return { ours: [], superseded: [] }
  const api = apiFor(cargo)
  const landed = await deliverToBranch(api, branch, parcelFor(api, cargo, changes))
  if (landed.commit) cargo.tell(`Committed to ${branch}: ${landed.commit.url}`)
  return landed
}

async function asPull(
  cargo: Cargo,
  changes: readonly Change[],
): Promise<Landed & { pullRequest?: PullRequest }> {
  const { inputs, result, situation } = cargo
  const [branch, base] = [pullBranchOf(cargo), baseOf(cargo)]
  if (branch === base)
    throw new DeliveryError(`A pull request can’t go from ${branch} to itself: choose another branch.`)
  const api = apiFor(cargo)
  const isWhole =
    inputs.only.length === 0 &&
    result.stoppedBy === undefined &&
    result.images.every(({ outcome }) => outcome === 'generated' || outcome === 'kept')
  const landed = await deliverAsPull(
    api,
    { branch, base, isWhole, serverUrl: situation.serverUrl },
    parcelFor(api, cargo, changes),
  )
  const { pullRequest, closed } = landed
  if (pullRequest)
    cargo.tell(`Pull request ${closed ? 'closed, nothing is left to change' : 'ready'}: ${pullRequest.url}`)
  return landed
}

async function asArtifact(cargo: Cargo, changes: readonly Change[]): Promise<Artifact | undefined> {
  const { tell } = cargo
  const images = imagesOf(cargo, changes)
  if (images.size === 0) return undefined
  const artifact = await uploadArtifact(await withLock(cargo, images), artifactOptions(cargo, 'easel-images'))
  tell(`Uploaded: ${artifact.url}`)
  if (images.size <= PREVIEWS_MAX) {
    const previews = await uploadPreviews(images, artifactOptions(cargo, 'preview'))
    for (const { name, url } of previews) tell(`${name}: ${url}`)
  }
  return artifact
}

/** Uploads what would be gone with the machine. */
async function rescue(cargo: Cargo, files: ArtifactFiles): Promise<{ note?: string; artifact?: Artifact }> {
  if (files.size === 0) return {}
  try {
    const artifact = await uploadArtifact(
      await withLock(cargo, files),
      artifactOptions(cargo, 'easel-rescued'),
    )
    return { artifact, note: `The images are kept as the artifact ${artifact.name}: ${artifact.url}` }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { note: `The images could not be kept as an artifact either; they are in the workspace. ${why}` }
  }
}

/** A first run that failed leaves no lock. */
async function withLock({ planned }: Cargo, files: ArtifactFiles): Promise<ArtifactFiles> {
  const { root, lock } = planned.project
  const locks = filesOf(root, [lock.path])
  const isThere = await access(locks.get(lock.path) ?? '').then(
    () => true,
    () => false,
  )
  return isThere ? new Map([...files, ...locks]) : files
}

function artifactOptions({ inputs, situation, place }: Cargo, name: string) {
  return {
    name,
    retentionDays: inputs.retentionDays,
    tempFolder: situation.tempFolder,
    runUrl: place.runUrl,
  }
}

function imagesOf({ planned }: Cargo, changes: readonly Change[]): Map<string, string> {
  return filesOf(
    planned.project.root,
    changes.flatMap(({ path, after }) => (after ? [path] : [])),
  )
}

/** Images that were paid for and could not be put into their places. */
function strandedFiles({ images }: RunResult): [string, string][] {
  return images.flatMap((image): [string, string][] =>
    image.outcome === 'failed' && image.rescuedTo !== undefined
      ? [[`rescued/${image.planned.image.path}`, image.rescuedTo]]
      : [],
  )
}
