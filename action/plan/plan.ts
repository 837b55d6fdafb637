import pMap from 'p-map'
import type { ReadyImage } from '../config/fit-model.ts'
import type { LockEntries, LockEntry } from '../lock/schema.ts'
import { type AliasChange, aliasChangeOf, type OnAliasChange } from './alias-change.ts'
import { type FieldChange, fieldChanges } from './field-changes.ts'
import { type FileState, readFileState } from './file-state.ts'

/** Files read at the same time: enough that hashing never waits for the disk. */
const READS_AT_ONCE = 8

/** What a run does about a file that Easel did not write. */
export type OnDrift = 'keep' | 'regenerate' | 'fail'

/**
 * - `new`: not in the lock, and there is no file
 * - `changed`: the spec has changed
 * - `missing`: the file is gone
 * - `drifted`: the file is not the one that Easel wrote
 * - `up-to-date`
 */
export type ImageStatus = 'new' | 'changed' | 'missing' | 'drifted' | 'up-to-date'

export interface PlannedImage {
  readonly image: ReadyImage
  readonly status: ImageStatus
  /** Fields that changed, also for a drifted file. Empty for a new image. */
  readonly changes: readonly FieldChange[]
  /** The lock entry. */
  readonly entry: LockEntry | undefined
  /** Set when its model is an alias that now means another model. Not out of date by itself. */
  readonly aliasChange?: AliasChange | undefined
  readonly file: FileState
  /** What a run does with it. */
  readonly action: 'generate' | 'keep' | 'fail'
}

/** A lock entry whose image is no longer declared. */
export interface Orphan {
  readonly path: string
  readonly entry: LockEntry
}

export interface Plan {
  readonly images: readonly PlannedImage[]
  readonly orphans: readonly Orphan[]
}

export interface PlanInput {
  readonly root: string
  readonly images: readonly ReadyImage[]
  /** The paths of all images in the config, selected or not. */
  readonly declaredPaths: ReadonlySet<string>
  /** Whether a path or an id is selected; absent: everything is. */
  readonly isSelected?: ((path: string, id?: string) => boolean) | undefined
  readonly lock: LockEntries
  readonly onDrift: OnDrift
  readonly onAliasChange: OnAliasChange
  /** Generate everything that is selected, up to date or not. */
  readonly force: boolean
}

/** Compares the config with the lock and the files. Changes nothing. */
export async function createPlan({
  root,
  images,
  declaredPaths,
  isSelected = () => true,
  lock,
  onDrift,
  onAliasChange,
  force,
}: PlanInput): Promise<Plan> {
  const planned = await pMap(
    images.filter(({ path, id }) => isSelected(path, id)),
    async (image): Promise<PlannedImage> => {
      const entry = lock.get(image.path)
      const file = await readFileState(root, image.path, entry)
      const changes = entry ? fieldChanges(entry.spec, image.canonical) : []
      const status = statusOf(image, entry, file)
      const aliasChange = status === 'up-to-date' && entry ? aliasChangeOf(image, entry) : undefined
      const isForced = force || (aliasChange !== undefined && onAliasChange === 'regenerate')
      const action = actionOf(status, file, onDrift, isForced)
      return { image, status, changes, entry, ...(aliasChange && { aliasChange }), file, action }
    },
    { concurrency: READS_AT_ONCE },
  )
  const orphans = [...lock].flatMap(([path, entry]) =>
    declaredPaths.has(path) || !isSelected(path) ? [] : [{ path, entry }],
  )
  return { images: planned, orphans }
}

/** Whether a run would change or refuse anything, which makes `check` fail. */
export function isOutOfDate(plan: Plan, { prune }: { readonly prune: boolean }): boolean {
  return plan.images.some(({ action }) => action !== 'keep') || (prune && plan.orphans.length > 0)
}

function statusOf(image: ReadyImage, entry: LockEntry | undefined, file: FileState): ImageStatus {
  if (file.kind === 'different' || file.kind === 'other') return 'drifted'
  if (!entry) return 'new'
  if (entry.fingerprint !== image.fingerprint) return 'changed'
  return file.kind === 'nothing' ? 'missing' : 'up-to-date'
}

function actionOf(
  status: ImageStatus,
  file: FileState,
  onDrift: OnDrift,
  force: boolean,
): PlannedImage['action'] {
  // A folder can't be overwritten, whatever the options say.
  if (file.kind === 'other') return 'fail'
  if (force) return 'generate'
  switch (status) {
    case 'up-to-date':
      return 'keep'
    case 'drifted':
      return onDrift === 'regenerate' ? 'generate' : onDrift
    case 'new':
    case 'changed':
    case 'missing':
      return 'generate'
  }
}
