import { describe, expect, it } from 'vitest'
import { pageText } from '../../../action/markdown/page-text.ts'
import { piecesOf } from '../../../action/markdown/pieces.ts'

describe('a page of any kind is read in time', () => {
  it.each([
    ['a JSX tag over 8,000 lines', 'a.mdx', `<Chart\n${'  label="some words here"\n'.repeat(8000)}/>\n`],
    [
      'an expression over 8,000 lines',
      'a.mdx',
      `<Chart data={[\n${'  { x: "some words" },\n'.repeat(8000)}]}/>\n`,
    ],
    ['a comment over 8,000 lines', 'a.mdx', `{/* easel\n${'  prompt: some words\n'.repeat(8000)}*/}\n`],
    ['braces that never close', 'a.mdx', '{'.repeat(50_000)],
    ['marks that never close', 'a.md', '*a_'.repeat(20_000)],
  ])('%s', (_, file, content) => {
    const begun = performance.now()
    const pieces = piecesOf(pageText(file, `${content}\n\n![A fox](fox.png)\n`), true)
    expect(performance.now() - begun).toBeLessThan(3000)
    expect(pieces.filter(({ kind }) => kind === 'image')).toHaveLength(1)
  })

  it('9,000 nested quotes are an error that names the page', () => {
    expect(() => piecesOf(pageText('docs/a.md', `${'>'.repeat(9000)} text\n`), true)).toThrow(
      'docs/a.md nests quotes or lists too deeply to be read.',
    )
  })
})
