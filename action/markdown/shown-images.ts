import { readRegularFile } from '../files/read-file.ts'
import { inWorkspace } from '../files/safe-path.ts'
import { findPages } from './find-pages.ts'
import { imagePath } from './image-path.ts'
import { pageText } from './page-text.ts'
import { piecesOf } from './pieces.ts'

/** Which of some files the pages show. */
export interface ShownImages {
  /** By path: the page that shows it. */
  readonly shownBy: ReadonlyMap<string, string>
  /** Globs that match no page, so that nobody can tell. */
  readonly idleGlobs: readonly string[]
}

/** Looks for files in pages, described by a comment or not. */
export async function findShownImages(
  paths: readonly string[],
  {
    root,
    globs,
    siteRoot,
  }: { readonly root: string; readonly globs: readonly string[]; readonly siteRoot: string | undefined },
): Promise<ShownImages> {
  const { files, idle } = await findPages(root, globs)
  const shownBy = new Map<string, string>()
  for (const file of files) {
    const found = await readRegularFile(inWorkspace(root, file))
    if (found.kind !== 'file') continue
    for (const piece of piecesOf(pageText(file, new TextDecoder().decode(found.bytes)), true)) {
      if (piece.kind !== 'image' || piece.url === undefined) continue
      const { url } = piece
      const target = imagePath(url, { file, siteRoot })
      for (const path of paths) {
        // Where the site's root is unknown, any folder may be it.
        const isShown = 'path' in target ? target.path === path : path.endsWith(url)
        if (isShown) shownBy.set(path, file)
      }
    }
  }
  return { shownBy, idleGlobs: idle.flatMap((index) => globs[index] ?? []) }
}
