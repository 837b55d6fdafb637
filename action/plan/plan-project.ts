import type { Catalogue } from '../../shared/catalogue/catalogue.ts'
import { findConfig, lockPathOf } from '../config/find-config.ts'
import { realRoot } from '../files/safe-path.ts'
import { stateFolderOf } from '../files/state-folder.ts'
import { createLockStore, type LockStore } from '../lock/lock-store.ts'
import { type RescueFolder, rescueFoldersOf } from '../lock/rescue-folder.ts'
import type { LockEntries } from '../lock/schema.ts'
import type { OnAliasChange } from './alias-change.ts'
import { type LoadedConfig, loadConfig } from './load-config.ts'
import { createPlan, type OnDrift, type Plan } from './plan.ts'
import { createSelection } from './selection.ts'
import { withReasons } from './orphans.ts'

/** A workspace with a valid config. */
export interface Project extends LoadedConfig {
  /** The workspace, with symbolic links resolved. */
  readonly root: string
  /** Relative to the root. */
  readonly configPath: string
  readonly lock: LockStore
  /** The second is for when the first can't be written. */
  readonly rescue: readonly [RescueFolder, RescueFolder]
}

export interface PlanOptions {
  /** Ids, paths and globs; empty: all images. */
  readonly only: readonly string[]
  readonly onDrift: OnDrift
  readonly onAliasChange: OnAliasChange
  readonly force: boolean
}

/** A project, and what a run would do in it. */
export interface PlannedProject {
  readonly project: Project
  readonly plan: Plan
}

/**
 * Reads a workspace's config and plans a run. Sends no image request.
 *
 * @param config  the config file; absent: `easel.yml` or `.github/easel.yml`
 * @throws {ConfigError} holding every mistake in the config
 * @throws {UsageError} when there is no config, or `only` matches nothing
 * @throws {LockError} when the lock can't be read
 */
export async function planProject(
  {
    workspace,
    config,
    catalogue,
  }: {
    readonly workspace: string
    readonly config?: string | undefined
    readonly catalogue: Catalogue
  },
  { only, onDrift, onAliasChange, force }: PlanOptions,
): Promise<PlannedProject> {
  const root = await realRoot(workspace)
  const configPath = await findConfig(root, config)
  const lock = createLockStore(root, lockPathOf(configPath), { temporary: stateFolderOf(root) })
  const rescue = rescueFoldersOf(root)
  const [loaded, content] = await Promise.all([
    loadConfig({ root, path: configPath, catalogue }),
    settled(Promise.all([lock.load(), ...rescue.map((folder) => folder.list())])),
  ])
  const [read, ...rescued] = content()
  const fingerprints = new Map(loaded.images.map(({ path, fingerprint }) => [path, fingerprint]))
  const { entries: known, isUnmerged: isLockUnmerged } = read.isUnmerged
    ? await lock.load(fingerprints)
    : read
  const isSelected = createSelection(only, [...loaded.images, ...orphanPaths(known)])
  const plan = await createPlan({
    root,
    images: loaded.images,
    declaredPaths: new Set(fingerprints.keys()),
    isSelected,
    lock: known,
    isLockUnmerged,
    rescued: rescued.flat(),
    onDrift,
    onAliasChange,
    force,
  })
  const project = { ...loaded, root, configPath, lock, rescue }
  return { project, plan: { ...plan, orphans: await withReasons(plan.orphans, known, project) } }
}

/** Holds a result or an error for later, so that mistakes in the config come before those in the lock. */
async function settled<T>(promise: Promise<T>): Promise<() => T> {
  try {
    const value = await promise
    return () => value
  } catch (error) {
    return () => {
      throw error
    }
  }
}

function orphanPaths(entries: LockEntries): { readonly path: string }[] {
  return Array.from(entries.keys(), (path) => ({ path }))
}
