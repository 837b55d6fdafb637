import type { Diagnostic } from '../config/diagnostic.ts'
import type { PageText } from './page-text.ts'
import type { EaselComment, OtherContent, PageImage, Piece } from './piece.ts'

/** An image with the comment right before it. */
export interface DescribedImage {
  readonly comment: EaselComment
  readonly image: PageImage
}

/** Whether a file can hold an `easel` comment at all: parsing is what takes time. */
export function mayDescribe(content: string): boolean {
  return /(<!--|\/\*)[\s>]*easel(?=[\s:*-])/.test(content)
}

/**
 * The images of a page that a comment describes. Between a comment and its image may stand tags, marks and white
 * space: links, figures, list markers.
 */
export function describedImages(
  pieces: readonly Piece[],
  page: PageText,
): { readonly described: readonly DescribedImage[]; readonly diagnostics: readonly Diagnostic[] } {
  const described: DescribedImage[] = []
  const diagnostics: Diagnostic[] = []
  let comment: EaselComment | undefined
  const giveUp = (why: string): void => {
    if (!comment) return
    const message = `No image follows this comment: ${why}`
    diagnostics.push({ ...page.position(comment.word), severity: 'error', message })
    comment = undefined
  }
  for (const piece of pieces) {
    if (piece.kind === 'image' && comment) {
      described.push({ comment, image: piece })
      comment = undefined
    } else if (piece.kind === 'comment') {
      giveUp('another comment does. Put each right before its image.')
      comment = piece
    } else if (piece.kind === 'other') {
      giveUp(whyNot(piece))
      if (piece.isText && page.syntax === 'markdown' && MDX_COMMENT.test(piece.text)) {
        const message = 'Only .mdx files have comments in braces: in Markdown, write <!-- easel … -->.'
        diagnostics.push({ ...page.position(piece.from), severity: 'warning', message })
      }
    }
  }
  giveUp('the page ends. Put it right before its image, or remove it.')
  return { described, diagnostics }
}

/** At its start, or else it is quoted. */
const MDX_COMMENT = /^\{\s*\/\*\s*easel(?=[\s:*])/

function whyNot({ text, isText }: OtherContent): string {
  return isText && text.startsWith('![')
    ? 'what stands behind a comment, on the same line, is no Markdown. Give the comment a line of its own.'
    : 'something else stands between. Put it right before its image, or remove it.'
}
