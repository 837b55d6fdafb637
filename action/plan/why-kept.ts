import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Project } from './plan-project.ts'
import type { Orphan } from './plan.ts'

/** Why an orphan may be in use all the same, as the end of a sentence; `undefined` when it isn't. */
export type WhyKept = (path: string) => string | undefined

/**
 * What stands against removing orphans: an image that is only described where nobody has looked is no orphan, and one
 * that a page shows is needed, described or not.
 */
export async function whyKept(orphans: readonly Orphan[], { root, pages }: Project): Promise<WhyKept> {
  if (orphans.length === 0) return () => undefined
  if (await isSparse(root))
    return () => 'this is a sparse checkout, which may lack the page that describes it'
  if (pages.globs.length === 0) return () => undefined
  const { findShownImages } = await import('../markdown/shown-images.ts')
  const paths = orphans.map(({ path }) => path)
  const { shownBy, idleGlobs } = await findShownImages(paths, { root, ...pages })
  const [idle] = idleGlobs
  if (idle !== undefined) return () => `${idle} under markdown: matches no page, and may have described it`
  return (path) => {
    const page = shownBy.get(path)
    return page === undefined ? undefined : `${page} shows it`
  }
}

/** Whether git left files of the commit out of the workspace. Without git there is no such checkout. */
async function isSparse(root: string): Promise<boolean> {
  try {
    const { stdout } = await promisify(execFile)('git', [
      '-C',
      root,
      'config',
      '--get',
      'core.sparseCheckout',
    ])
    return stdout.trim() === 'true'
  } catch {
    return false
  }
}
