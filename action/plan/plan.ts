import pMap from 'p-map'
import type { ReadyImage } from '../config/fit-model.ts'
import type { RescuedImage } from '../lock/rescue-folder.ts'
import type { LockEntries, LockEntry } from '../lock/schema.ts'
import { type AliasChange, aliasChangeOf, type OnAliasChange } from './alias-change.ts'
import { type FieldChange, fieldChanges } from './field-changes.ts'
import { type FileState, isFileOf, readFileState } from '../lock/file-state.ts'
import { createKnownImages, type KnownImage, type KnownImages } from './known-images.ts'
import type { Orphan } from './orphans.ts'

/** Files read at the same time: enough that hashing never waits for the disk. */
const READS_AT_ONCE = 8

/** Where the bytes of an image are that costs nothing. */
export type Adoption =
  /** In its place, under another name in the lock, or in none. */
  | { readonly kind: 'in-place'; readonly entry: LockEntry }
  /** In another file. */
  | { readonly kind: 'file'; readonly known: KnownImage }
  /** Another image of this run has the same spec: one payment for both. */
  | { readonly kind: 'shared'; readonly path: string }

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
  /** What a run does with it. `adopt` costs nothing: the image exists. */
  readonly action: 'generate' | 'adopt' | 'keep' | 'fail'
  /** Set when it is adopted. */
  readonly adoption?: Adoption
}

export interface Plan {
  readonly images: readonly PlannedImage[]
  readonly orphans: readonly Orphan[]
  /** Whether the lock has two sides of a merge in it, which a run resolves. */
  readonly isLockUnmerged: boolean
}

export interface PlanInput {
  readonly root: string
  readonly images: readonly ReadyImage[]
  /** The paths of all images in the config, selected or not. */
  readonly declaredPaths: ReadonlySet<string>
  /** Whether a path or an id is selected; absent: everything is. */
  readonly isSelected?: ((path: string, id?: string) => boolean) | undefined
  readonly lock: LockEntries
  readonly isLockUnmerged: boolean
  /** Of the rescue folders. */
  readonly rescued: readonly RescuedImage[]
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
  isLockUnmerged,
  rescued,
  onDrift,
  onAliasChange,
  force,
}: PlanInput): Promise<Plan> {
  const known = createKnownImages(root, lock, rescued)

  async function planOne(image: ReadyImage): Promise<PlannedImage> {
    const entry = lock.get(image.path)
    const file = await readFileState(known.fileAt(image.path), {
      hasSize: known.hasSize,
      find: (sha256) => known.bySha256(sha256, [image.fingerprint, entry?.fingerprint]),
    })
    const was = file.kind === 'same' ? file.entry : entry
    const changes = was ? fieldChanges(was.spec, image.canonical) : []
    const status = statusOf(image, entry, file)
    const aliasChange = status === 'up-to-date' && entry ? aliasChangeOf(image, entry) : undefined
    const isForced = force || (aliasChange !== undefined && onAliasChange === 'regenerate')
    const action = actionOf(status, file, onDrift, isForced)
    const planned = { image, status, changes, entry, ...(aliasChange && { aliasChange }), file, action }
    const adoption = await adoptionOf(planned, known, isForced)
    return adoption ? { ...planned, action: 'adopt', adoption } : planned
  }

  const planned = await pMap(
    images.filter(({ path, id }) => isSelected(path, id)),
    planOne,
    { concurrency: READS_AT_ONCE },
  )
  const orphans = [...lock].flatMap(([path, entry]) =>
    declaredPaths.has(path) || !isSelected(path) ? [] : [{ path, entry }],
  )
  return { images: sharePayments(planned), orphans, isLockUnmerged }
}

/** Whether a run would change or refuse anything, which makes `check` fail. */
export function isOutOfDate(plan: Plan, { prune }: { readonly prune: boolean }): boolean {
  return (
    plan.isLockUnmerged ||
    plan.images.some(({ action }) => action !== 'keep') ||
    (prune && plan.orphans.some(({ why }) => why === undefined))
  )
}

/**
 * Where the image is that a run would generate, if it is anywhere. In place of one that is up to date, and when a new one
 * is wanted, only what an earlier run paid for and did not finish.
 */
async function adoptionOf(
  { image, file, status, action }: Omit<PlannedImage, 'adoption'>,
  known: KnownImages,
  isForced: boolean,
): Promise<Adoption | undefined> {
  if (action !== 'generate' && status !== 'up-to-date') return undefined
  const { path, fingerprint } = image
  const isOutdated = (entry: LockEntry): boolean => aliasChangeOf(image, entry) !== undefined
  const inPlace = file.kind === 'same' ? file.entry : undefined
  const isWanted = action === 'generate' && !isForced
  if (isWanted && inPlace?.fingerprint === fingerprint) return { kind: 'in-place', entry: inPlace }
  for (const one of known.byFingerprint(fingerprint, path)) {
    // Where it was to replace something, and something else is there now, that is what somebody wants.
    const isUnfinished =
      one.rescued?.path === path &&
      (!inPlace || one.entry.replaces === inPlace.sha256) &&
      !isOutdated(one.entry)
    if ((isWanted || isUnfinished) && (await isFileOf(one.file, one.entry)))
      return { kind: 'file', known: one }
  }
  return undefined
}

/**
 * Of several images with one fingerprint, the first is generated, and the others take its bytes; all of them take those
 * that an earlier run paid for.
 */
function sharePayments(images: readonly PlannedImage[]): readonly PlannedImage[] {
  const first = new Map<string, string>()
  const unfinished = new Map(
    images.flatMap(({ image, adoption }) =>
      adoption?.kind === 'file' && adoption.known.rescued ? [[image.fingerprint, adoption]] : [],
    ),
  )
  return images.map((planned) => {
    const { fingerprint, path } = planned.image
    if (planned.action !== 'generate') return planned
    const adoption = unfinished.get(fingerprint)
    if (adoption) return { ...planned, action: 'adopt', adoption }
    const payer = first.get(fingerprint)
    if (payer !== undefined) return { ...planned, action: 'adopt', adoption: { kind: 'shared', path: payer } }
    first.set(fingerprint, path)
    return planned
  })
}

function statusOf(image: ReadyImage, entry: LockEntry | undefined, file: FileState): ImageStatus {
  if (file.kind === 'different' || file.kind === 'other') return 'drifted'
  const isAsDescribed = (one: LockEntry): boolean => one.fingerprint === image.fingerprint
  if (file.kind === 'nothing') {
    if (!entry) return 'new'
    return isAsDescribed(entry) ? 'missing' : 'changed'
  }
  if (!isAsDescribed(file.entry)) return 'changed'
  if (!entry) return 'new'
  return isAsDescribed(entry) && entry.sha256 === file.entry.sha256 ? 'up-to-date' : 'changed'
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
