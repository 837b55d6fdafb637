import type { Catalogue } from '../../shared/catalogue/catalogue.ts'
import { findConfig, lockPathOf } from '../config/find-config.ts'
import { type LoadedConfig, loadConfig } from './load-config.ts'
import { realRoot } from '../files/safe-path.ts'
import { createLockStore, type LockStore } from '../lock/lock-store.ts'
import type { LockEntries } from '../lock/schema.ts'
import { makePlan, type OnDrift, type Plan } from './plan.ts'
import { createSelection } from './selection.ts'

/** A workspace with a config that is right. */
export interface Project extends LoadedConfig {
  /** By its real name. */
  readonly root: string
  /** From the root. */
  readonly configPath: string
  readonly lock: LockStore
}

export interface PlanWishes {
  /** Globs over paths, and ids; empty: all images. */
  readonly only: readonly string[]
  readonly onDrift: OnDrift
  readonly force: boolean
}

/** A project and what is to be done in it. */
export interface PlannedProject {
  readonly project: Project
  readonly plan: Plan
}

/**
 * Reads the config of a workspace, and plans.
 *
 * @param config  the config file; looked for where absent
 * @param text    its content, where it isn't to be read from the workspace
 * @throws {ConfigError} {@link loadConfig}
 * @throws {UsageError} when there is no config, or `only` means nothing
 * @throws {LockError} when the lock can't be read
 */
export async function planProject(
  {
    workspace,
    config,
    text,
    catalogue,
  }: {
    readonly workspace: string
    readonly config?: string | undefined
    readonly text?: string | undefined
    readonly catalogue: Catalogue
  },
  { only, onDrift, force }: PlanWishes,
): Promise<PlannedProject> {
  const root = await realRoot(workspace)
  const configPath = text !== undefined && config !== undefined ? config : await findConfig(root, config)
  const lock = createLockStore(root, lockPathOf(configPath))
  const [loaded, entries] = await Promise.all([
    loadConfig({ root, path: configPath, catalogue, text }),
    settled(lock.read()),
  ])
  const known = entries()
  const isSelected = createSelection(only, [...loaded.images, ...orphanPaths(known)])
  const plan = await makePlan({
    root,
    images: loaded.images,
    declaredPaths: new Set(loaded.images.map(({ path }) => path)),
    isSelected,
    lock: known,
    onDrift,
    force,
  })
  return { project: { ...loaded, root, configPath, lock }, plan }
}

/** What a promise came to, for later: the config's mistakes are told before the lock's. */
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
