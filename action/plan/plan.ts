import pMap from 'p-map'
import type { ReadyImage } from '../config/fit-model.ts'
import type { LockEntries, LockEntry } from '../lock/schema.ts'
import { type Change, changesBetween } from './field-changes.ts'
import { type FileState, lookAtFile } from './file-state.ts'

/** Images read at the same time: enough for the next to be there when one is hashed. */
const READS_AT_ONCE = 8

/** What is to be done about drift. */
export type OnDrift = 'keep' | 'regenerate' | 'fail'

/**
 * - `new`: there is no image yet
 * - `changed`: its description has changed
 * - `missing`: its file is gone
 * - `drifted`: its file is not the one that Easel wrote
 * - `up-to-date`
 */
export type ImageStatus = 'new' | 'changed' | 'missing' | 'drifted' | 'up-to-date'

export interface PlannedImage {
  readonly image: ReadyImage
  readonly status: ImageStatus
  /** Which fields changed; also of a drifted file. Empty of a new one. */
  readonly changes: readonly Change[]
  /** What is in the lock. */
  readonly entry: LockEntry | undefined
  readonly file: FileState
  /** What a run does about it. */
  readonly action: 'generate' | 'keep' | 'fail'
}

/** A lock entry that no image goes with any more. */
export interface Orphan {
  readonly path: string
  readonly entry: LockEntry
}

export interface Plan {
  readonly images: readonly PlannedImage[]
  readonly orphans: readonly Orphan[]
}

export interface PlanOptions {
  readonly root: string
  readonly images: readonly ReadyImage[]
  /** Of all images of the config, also of those that a selection leaves out. */
  readonly declaredPaths: ReadonlySet<string>
  /** Whether a path, or an id, is selected; absent: all are. */
  readonly isSelected?: ((path: string, id?: string) => boolean) | undefined
  readonly lock: LockEntries
  readonly onDrift: OnDrift
  /** Generate whatever is selected. */
  readonly force: boolean
}

/** Compares what is described with what is there. Reads; changes nothing. */
export async function makePlan({
  root,
  images,
  declaredPaths,
  isSelected = () => true,
  lock,
  onDrift,
  force,
}: PlanOptions): Promise<Plan> {
  const planned = await pMap(
    images.filter(({ path, id }) => isSelected(path, id)),
    async (image): Promise<PlannedImage> => {
      const entry = lock.get(image.path)
      const file = await lookAtFile(root, image.path, entry)
      const changes = entry ? changesBetween(entry.spec, image.canonical) : []
      const status = statusOf(image, entry, file)
      return { image, status, changes, entry, file, action: actionOf(status, file, onDrift, force) }
    },
    { concurrency: READS_AT_ONCE },
  )
  const orphans = [...lock].flatMap(([path, entry]) =>
    declaredPaths.has(path) || !isSelected(path) ? [] : [{ path, entry }],
  )
  return { images: planned, orphans }
}

/** Whether a run would change, or refuse, anything: what `check` is red about. */
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
  // A folder can't be overwritten, whatever is asked.
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
