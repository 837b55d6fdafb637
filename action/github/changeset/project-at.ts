import { offlineCatalogue } from '../../config/catalogues.ts'
import { ConfigError } from '../../config/diagnostic.ts'
import { parseLock } from '../../lock/lock-file.ts'
import type { LockEntries } from '../../lock/schema.ts'
import { loadConfig } from '../../plan/load-config.ts'
import type { ActionRun } from '../action-run.ts'
import { DeliveryError } from '../api/failure.ts'
import { listFiles, readBlob, type TreeEntry } from '../api/read.ts'

/** The project as a commit at GitHub has it. Paths are relative to its folder. */
export interface CommitContent {
  /** The commit. */
  readonly sha: string
  /** Blobs by path. */
  readonly blobs: ReadonlyMap<string, string>
  readonly lock: LockEntries
}

/**
 * @param images  those that matter
 * @throws {LockError} when the lock in that commit can't be read
 * @throws {DeliveryError} when the commit has something else where the project's files belong
 */
export async function readProjectAt(
  run: ActionRun,
  sha: string,
  images: readonly { readonly path: string }[],
): Promise<CommitContent> {
  const { api, project, target } = run
  const { configPath, lock } = project
  const { folder } = target
  const paths = [configPath, lock.path, ...images.map(({ path }) => path)]
  const wanted = paths.map((path) => folder + path)
  const entries = await listFiles(api, sha, wanted)
  refuseObstacles(wanted, new Map(entries.map(({ path, type }) => [path, type])))
  const blobs = new Map<string, string>()
  for (const { type, path, sha: blob } of entries) {
    if (type === 'blob' && path.startsWith(folder)) blobs.set(path.slice(folder.length), blob)
  }
  const text = await readText(run, blobs.get(lock.path))
  return {
    sha,
    blobs,
    lock: text === undefined ? new Map() : parseLock(text, `${lock.path} at ${sha.slice(0, 7)}`),
  }
}

/** A commit would replace what is in the way of a file: a folder, or in place of a folder anything else. */
function refuseObstacles(wanted: readonly string[], types: ReadonlyMap<string, TreeEntry['type']>): void {
  for (const path of wanted) {
    const folders = Array.from(path.matchAll(/\//g), ({ index }) => path.slice(0, index))
    for (const place of [...folders, path]) {
      const type = types.get(place)
      if (type === undefined || type === (place === path ? 'blob' : 'tree')) continue
      const why =
        type === 'tree'
          ? 'is a folder on the branch: move one of the two.'
          : type === 'commit'
            ? `is inside the submodule ${place}, which is another repository: move the image, or run Easel in that repository.`
            : `can’t be on the branch beside the file or link ${place}: move one of the two.`
      throw new DeliveryError(`${path} ${why}`)
    }
  }
}

/** The fingerprints that a commit's config declares, by path; `undefined` when it is invalid or missing. */
export async function declaredIn(
  run: ActionRun,
  { blobs }: CommitContent,
): Promise<ReadonlyMap<string, string> | undefined> {
  const { root, configPath } = run.project
  const text = await readText(run, blobs.get(configPath))
  if (text === undefined) return undefined
  try {
    const { images } = await loadConfig({ root, path: configPath, catalogue: offlineCatalogue(), text })
    return new Map(images.map(({ path, fingerprint }) => [path, fingerprint]))
  } catch (error) {
    // Somebody broke the config in that commit.
    if (error instanceof ConfigError) return undefined
    throw error
  }
}

async function readText({ api }: ActionRun, blob: string | undefined): Promise<string | undefined> {
  return blob === undefined ? undefined : new TextDecoder().decode(await readBlob(api, blob))
}
