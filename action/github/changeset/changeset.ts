import { offlineCatalogue } from '../../config/catalogues.ts'
import { ConfigError } from '../../config/diagnostic.ts'
import { readRegularFile } from '../../files/read-file.ts'
import { inWorkspace } from '../../files/safe-path.ts'
import type { ImageResult, RunResult } from '../../generate/results.ts'
import type { LockEntry } from '../../lock/schema.ts'
import { loadConfig } from '../../plan/load-config.ts'
import type { PlannedProject } from '../../plan/plan-project.ts'
import type { GitHubApi } from '../api/api.ts'
import { DeliveryError } from '../api/delivery-error.ts'
import { readText } from '../api/read-blob.ts'
import type { CommitContent, CommitView } from '../api/read-commit.ts'

/** What a run changed at one path. */
export interface FileChange {
  readonly path: string
  /** The lock entry at the start of the run. */
  readonly before: LockEntry | undefined
  /** The entry of the new file; `undefined` when the image was removed. */
  readonly after: LockEntry | undefined
  /** Whether the file is removed too, when `after` is `undefined`. */
  readonly removesFile: boolean
}

/** The files and lock entries to deliver. */
export interface Changeset {
  readonly project: PlannedProject['project']
  /** Where the project is in the repository: empty, or such as `site/`. */
  readonly folder: string
  /** The commit that the workspace was checked out from. */
  readonly checkedOut: string
  readonly changes: readonly FileChange[]
  /** Those of the changes' paths that are in Git LFS. */
  readonly lfs: ReadonlySet<string>
  /** The template of the commit's message. */
  readonly message: string | undefined
  readonly log: (line: string) => void
}

/** What `readCommit` has to look up for some paths of a project. */
export function viewOf(
  { project, folder }: Pick<Changeset, 'project' | 'folder'>,
  paths: readonly string[],
): CommitView {
  return { folder, lockPath: project.lock.path, paths: [project.configPath, ...paths] }
}

/** The change that an image brings, if it was generated or adopted. */
export function changeOf(image: ImageResult): FileChange[] {
  if (image.outcome !== 'generated' && image.outcome !== 'adopted') return []
  const { planned, entry } = image
  return [{ path: planned.image.path, before: planned.entry, after: entry, removesFile: false }]
}

/** What a run changed: the images it generated and the orphans it pruned. */
export function changesOf({ images, pruned }: RunResult, { plan }: PlannedProject): FileChange[] {
  const orphans = new Map(plan.orphans.map(({ path, entry }) => [path, entry]))
  const removed = pruned.flatMap(({ path, file }): FileChange[] => {
    if (file === 'spared') return []
    return [{ path, before: orphans.get(path), after: undefined, removesFile: file === 'removed' }]
  })
  return [...images.flatMap(changeOf), ...removed]
}

/** The bytes of an image in the workspace. */
export async function readImage(root: string, path: string): Promise<Uint8Array<ArrayBuffer>> {
  const found = await readRegularFile(inWorkspace(root, path))
  if (found.kind === 'file') return found.bytes
  throw new DeliveryError(`${path} no longer exists, so it can’t be delivered.`)
}

/** The fingerprints that a commit's config declares, by path; `undefined` when it is invalid or missing. */
export async function declaredIn(
  api: GitHubApi,
  { blobs }: CommitContent,
  { root, configPath }: Changeset['project'],
): Promise<ReadonlyMap<string, string> | undefined> {
  const blob = blobs.get(configPath)
  if (blob === undefined) return undefined
  const text = await readText(api, blob)
  try {
    const { images } = await loadConfig({ root, path: configPath, catalogue: offlineCatalogue(), text })
    return new Map(images.map(({ path, fingerprint }) => [path, fingerprint]))
  } catch (error) {
    // Somebody broke the config in that commit.
    if (error instanceof ConfigError) return undefined
    throw error
  }
}
