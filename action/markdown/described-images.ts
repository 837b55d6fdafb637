import type { Diagnostic } from '../config/diagnostic.ts'
import type { PageText } from './page-text.ts'
import type { EaselComment, OtherContent, PageImage, Piece } from './piece.ts'

/** An image and the comment right before it. */
export interface DescribedImage {
  readonly comment: EaselComment
  readonly image: PageImage
}

/** A quick check whether a file can hold an `easel` comment, because parsing is slow. */
export function mayDescribe(content: string): boolean {
  return /(<!--|\/\*)[\s>]*easel(?=[\s:*-])/i.test(content)
}

/**
 * The images that have an easel comment. Between a comment and its image there may be tags, marks and white space:
 * links, figures, list markers.
 */
export function describedImages(
  pieces: readonly Piece[],
  page: PageText,
): { readonly described: readonly DescribedImage[]; readonly diagnostics: readonly Diagnostic[] } {
  const described: DescribedImage[] = []
  const diagnostics: Diagnostic[] = []
  let comment: EaselComment | undefined
  const endComment = (why: string): void => {
    if (!comment) return
    const message = `No image follows this comment: ${why}`
    diagnostics.push({ ...page.position(comment.word), severity: 'error', message })
    comment = undefined
  }
  for (const piece of pieces) {
    if (piece.kind === 'comment' && piece.name !== 'easel') {
      const message = `A comment for Easel starts with easel, not ${piece.name}: this one is ignored.`
      diagnostics.push({ ...page.position(piece.word), severity: 'warning', message })
    } else if (piece.kind === 'image' && comment) {
      described.push({ comment, image: piece })
      comment = undefined
    } else if (piece.kind === 'comment') {
      endComment('another comment does. Put each comment right before its image.')
      comment = piece
    } else if (piece.kind === 'other') {
      endComment(whyNot(piece))
      if (piece.isText && page.syntax === 'markdown' && MDX_COMMENT.test(piece.text)) {
        const message = 'Only .mdx files have comments in braces: in Markdown, write <!-- easel … -->.'
        diagnostics.push({ ...page.position(piece.from), severity: 'warning', message })
      }
    }
  }
  endComment('the page ends. Put the comment right before its image, or remove it.')
  return { described, diagnostics }
}

/** Only at the start of the text: elsewhere it is quoted. */
const MDX_COMMENT = /^\{\s*\/\*\s*easel(?=[\s:*])/

function whyNot({ text, isText }: OtherContent): string {
  return isText && text.startsWith('![')
    ? 'Markdown after a comment on the same line is not parsed. Put the comment on a line of its own.'
    : 'there is other content between them. Put the comment right before its image, or remove it.'
}
