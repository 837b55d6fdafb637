import pMap from 'p-map'
import type { ReadyImage } from '../config/fit-model.ts'
import { inWorkspace } from '../files/safe-path.ts'
import { isSparse } from '../git/checkout.ts'
import { fileOf, isFileOf, readFileState } from '../lock/file-state.ts'
import type { LockEntries, LockEntry } from '../lock/schema.ts'

/** Files read at the same time. */
const READS_AT_ONCE = 8

/** A lock entry whose image is no longer declared. */
export interface Orphan {
  readonly path: string
  readonly entry: LockEntry
  /** Why it is not removed all the same, as the end of a sentence. */
  readonly why?: string
}

interface Described {
  readonly root: string
  /** Those that may take a file over, if they lack theirs. */
  readonly images: readonly Pick<ReadyImage, 'path' | 'fingerprint'>[]
  readonly pages: { readonly globs: readonly string[] }
}

/**
 * What stands against removing orphans: an image that is only described where nobody has looked is no orphan, one that a
 * page shows is needed, described or not, and so is one whose bytes another image will take over.
 */
export async function withReasons(
  orphans: readonly Orphan[],
  lock: LockEntries,
  { root, images, pages }: Described,
): Promise<readonly Orphan[]> {
  if (orphans.length === 0) return []
  const all = (why: string): readonly Orphan[] => orphans.map((orphan) => ({ ...orphan, why }))
  if (await isSparse(root)) return all('this is a sparse checkout, which may lack the page that describes it')
  const takers = new Map<string, string>(
    images.flatMap(({ path, fingerprint }) =>
      lock.get(path)?.fingerprint === fingerprint ? [] : [[fingerprint, path]],
    ),
  )
  const shownBy = new Map<string, string>()
  if (pages.globs.length > 0) {
    const { findShownImages } = await import('../markdown/shown-images.ts')
    const paths = orphans.map(({ path }) => path)
    const shown = await findShownImages(paths, { root, globs: pages.globs })
    const [idle] = shown.idleGlobs
    if (idle !== undefined) return all(`${idle} under markdown: matches no page, and may have described it`)
    for (const [path, page] of shown.shownBy) shownBy.set(path, page)
  }

  async function reasonFor({ path, entry }: Orphan): Promise<string | undefined> {
    const taker = takers.get(entry.fingerprint)
    if (taker !== undefined && (await isTaken(path, entry, taker)))
      return `easel generate takes it over for ${taker}`
    const page = shownBy.get(path)
    return page && `${page} shows it`
  }

  /** Nothing can be taken of a file that is gone, or to where somebody has put another one. */
  async function isTaken(path: string, entry: LockEntry, taker: string): Promise<boolean> {
    const there = await readFileState(inWorkspace(root, taker), fileOf(lock.get(taker)))
    const isFree = there.kind === 'nothing' || there.kind === 'same'
    return isFree && (await isFileOf(inWorkspace(root, path), entry))
  }

  return pMap(
    orphans,
    async ({ path, entry }) => {
      const why = await reasonFor({ path, entry })
      return { path, entry, ...(why !== undefined && { why }) }
    },
    { concurrency: READS_AT_ONCE },
  )
}
