import { imagePath } from './image-path.ts'
import { pageText } from './page-text.ts'
import type { PageImage } from './piece.ts'
import { piecesOf } from './pieces.ts'

/** Pixels. */
export interface Dimensions {
  readonly width: number
  readonly height: number
}

/**
 * Sets `width` and `height` on HTML images that have neither, so that the page doesn't shift while they load. Markdown
 * has no syntax for them.
 *
 * @param dimensionsOf  the dimensions of the image at a path, if known
 */
export function withDimensions(
  { file, content }: { readonly file: string; readonly content: string },
  siteRoot: string | undefined,
  dimensionsOf: (path: string) => Dimensions | undefined,
): { readonly content: string; readonly count: number } {
  const page = pageText(file, content)
  let { written } = page
  let count = 0
  for (const piece of piecesOf(page).toReversed()) {
    if (piece.kind !== 'image') continue
    const at = insertionPoint(piece)
    const known = at === undefined ? undefined : lookUp(piece)
    if (at === undefined || !known) continue
    written = `${written.slice(0, at)} width="${known.width}" height="${known.height}"${written.slice(at)}`
    count++
  }
  return { content: (page.hasByteOrderMark ? '\uFEFF' : '') + written, count }

  function lookUp({ url }: PageImage): Dimensions | undefined {
    const target = url === undefined ? undefined : imagePath(url, { file, siteRoot })
    return target && 'path' in target ? dimensionsOf(target.path) : undefined
  }
}

function insertionPoint({ tag }: PageImage): number | undefined {
  if (!tag || tag.names.includes('width') || tag.names.includes('height')) return undefined
  return tag.attributesEnd
}
