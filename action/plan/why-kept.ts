import type { ReadyImage } from '../config/fit-model.ts'
import { isSparse } from '../git/checkout.ts'
import type { LockEntries, LockEntry } from '../lock/schema.ts'

/** A lock entry whose image is no longer declared. */
export interface Orphan {
  readonly path: string
  readonly entry: LockEntry
  /** Why it is not removed all the same, as the end of a sentence. */
  readonly why?: string
}

interface Described {
  readonly root: string
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
  return orphans.map(({ path, entry }) => {
    const taker = takers.get(entry.fingerprint)
    const page = shownBy.get(path)
    const why = taker === undefined ? page && `${page} shows it` : `easel generate takes it over for ${taker}`
    return { path, entry, ...(why !== undefined && { why }) }
  })
}
