import { expect } from 'vitest'
import { describedImages } from '../../../action/markdown/described-images.ts'
import { readComment } from '../../../action/markdown/easel-comment.ts'
import { pageText, type PageText } from '../../../action/markdown/page-text.ts'
import { piecesOf } from '../../../action/markdown/pieces.ts'

/** What Easel finds in a page: its described images, and problems. */
export interface Seen {
  readonly images: readonly unknown[]
  readonly problems: readonly string[]
}

export function see(content: string, file = 'docs/page.md'): Seen {
  const page = pageText(file, content)
  const seen = seeIn(page, false)
  expect(seeIn(page, true)).toEqual(seen)
  return seen
}

function seeIn(page: PageText, isLean: boolean): Seen {
  const { described, diagnostics } = describedImages(piecesOf(page, isLean), page)
  return {
    images: described.map(({ comment, image }) => {
      const says = readComment(comment, page)
      const { line, column } = page.position(image.from)
      const seen = { url: image.url, alt: image.alt, at: `${line}:${column}` }
      if (says.kind === 'description') return Object.assign(seen, { fields: says.fields })
      if (says.kind === 'reference') return Object.assign(seen, { refersTo: says.id })
      return Object.assign(seen, { wrong: says.diagnostics.map(problemText) })
    }),
    problems: diagnostics.map(problemText),
  }
}

/** What Easel finds in a page with one described image and no problems. */
export function oneImage(url: string, alt: string | undefined, at: string, fields: object = {}): Seen {
  return { images: [{ url, alt, at, fields }], problems: [] }
}

/** Fragments of pages, to combine. */
export const FRAGMENTS = [
  '# Title',
  'Words *and* `code` and ![inline *x*](i%20j.png "t") more',
  '![block](<a b.png>)',
  '![ref][one] and ![two] and ![gone]',
  '> quote\n> ![q](q.png)',
  '- item\n- ![l](l.png)\n\n  more',
  '1. ![n](n(1).png)\n   ![m](m.png)',
  '```\n![no](no.png)\n```',
  '[![in link](k.png)](https://example.com)',
  'a\\![esc](e.png) &amp; ![ent &lt;](&auml;.png)',
  '**![strong](s.png)**\n![second](z.png)',
  '***',
] as const

function problemText({ line, column, message }: { line: number; column: number; message: string }): string {
  return `${line}:${column} ${message}`
}
