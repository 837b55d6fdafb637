import fc from 'fast-check'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { mdxFromMarkdown } from 'mdast-util-mdx'
import { mdxjs } from 'micromark-extension-mdxjs'
import { describe, expect, it } from 'vitest'
import { mayDescribe } from '../../../action/markdown/described-images.ts'
import { illustrate } from '../../../action/markdown/illustrate.ts'
import { pageText } from '../../../action/markdown/page-text.ts'
import { piecesOf } from '../../../action/markdown/pieces.ts'
import { FRAGMENTS, see } from '../../support/action/pages.ts'

const DEFINITIONS = '\n\n[one]: one.png\n[two]: <two 2.png>\n'

/** Fragments of Markdown syntax. */
const MIXTURE = [
  '![a](b.png)',
  '![x *y*](c.png "t")',
  '![r][one]',
  '![n ![m](i.png)](o.png)',
  ...'[ ](u) * ** ` > - 1. word <b> </b> <!--c--> | # \\ &amp; <http://a> ( )'.split(' '),
  ' ',
  '\n',
  '\n',
  '\n\n',
  '    ',
  '\n|-|-|\n',
  '***\n',
  '```\n',
  '<div>\n',
  '\n===\n',
]

describe('the images of a page', () => {
  it.each([
    ['page.md', [...FRAGMENTS, '<div>\n![no](html.png)\n</div>', '    ![no](code.png)']],
    [
      'page.mdx',
      [
        ...FRAGMENTS,
        '<div>\n\n![yes](html.png)\n\n</div>',
        '    ![yes](nocode.png)',
        'a {1 + "}"} <b>![b](b.png)</b>',
        '{/* x\n\n- y\n*/}',
        'import a from "b"\nexport const c = "![no](d.png)"',
      ],
    ],
  ])('in %s are those that the reference parser sees, at the same positions', (file, fragments) => {
    const pages = fc.shuffledSubarray(fragments, { maxLength: 8 })
    fc.assert(
      fc.property(pages, fc.constantFrom('\n', '\r\n'), (parts, eol) => {
        const content = (parts.join('\n\n') + DEFINITIONS).replaceAll('\n', eol)
        const expected = byReference(content, file.endsWith('x'))
        expect(byEasel(content, file, false)).toEqual(expected)
        expect(byEasel(content, file, true)).toEqual(expected)
      }),
      { numRuns: 300 },
    )
  })

  it('are those of the reference parser in any mixture of syntax', () => {
    const tokens = fc.constantFrom(...MIXTURE)
    fc.assert(
      fc.property(fc.array(tokens, { maxLength: 16 }), (parts) => {
        const content = parts.join('') + DEFINITIONS
        expect(byEasel(content, 'page.md', true)).toEqual(byReference(content, false))
      }),
      // A fixed seed: no two parsers agree on everything, and a test must not fail by chance.
      { numRuns: 2000, seed: 8 },
    )
  })

  it('are looked for wherever a comment could be', () => {
    const comments = fc.constantFrom(
      '<!-- easel -->',
      '<!--easel-->',
      '<!--\n\teasel\nseed: 1\n-->',
      '<!--easel: a-->',
      '> <!--\n> easel\n> -->',
      '<!-- easel\r\n-->',
    )
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...FRAGMENTS)), comments, (parts, comment) => {
        const content = [...parts, comment, '![x](a.png)'].join('\n\n')
        expect(see(content).images).toHaveLength(1)
        expect(mayDescribe(content)).toBe(true)
      }),
    )
  })
})

describe('any text', () => {
  const TOKENS =
    '<!-- --> easel : {/* */} ![ ]( ) [ ] <img src= alt= " \' > \n \r\n \n\n \t - 1. ` ``` --- | \\ & { } < / import x'
  const texts = fc
    .array(fc.constantFrom(...TOKENS.split(' '), ' ', '    '), { maxLength: 60 })
    .map((tokens) => tokens.join(''))

  it.each(['page.md', 'page.mdx'])('can be read as %s, and illustrated, without failing', async (file) => {
    await fc.assert(
      fc.asyncProperty(texts, async (content) => {
        const { images } = see(content, file)
        const illustrated = await illustrate({ file, content }, WANT_ALL)
        expect(see(illustrated.content, file).images.length).toBeGreaterThanOrEqual(images.length)
      }),
      { numRuns: 400 },
    )
  })
})

const WANT_ALL = { siteRoot: undefined, isWanted: () => Promise.resolve(true) }

/** As the reference parser of Markdown and MDX sees them. */
function byReference(content: string, isMdx: boolean): unknown[] {
  const tree = fromMarkdown(
    content,
    isMdx ? { extensions: [mdxjs()], mdastExtensions: [mdxFromMarkdown()] } : {},
  )
  const found: unknown[] = []
  const targets = new Map<string, string>()
  visit(tree, (node) => {
    if (node.type === 'definition') targets.set(node.identifier, node.url)
  })
  visit(tree, (node) => {
    const alt = 'alt' in node ? (node.alt ?? '').replaceAll(/\s+/g, ' ').trim() : ''
    const from = node.position?.start.offset
    if (node.type === 'image') found.push({ url: node.url, alt, from })
    if (node.type === 'imageReference') found.push({ url: targets.get(node.identifier), alt, from })
  })
  return found
}

function byEasel(content: string, file: string, isLean: boolean): unknown[] {
  return piecesOf(pageText(file, content), isLean).flatMap((piece) =>
    piece.kind === 'image' ? [{ url: piece.url, alt: piece.alt, from: piece.from }] : [],
  )
}

type Tree = ReturnType<typeof fromMarkdown>
type TreeNode = Tree | Tree['children'][number]

function visit(node: TreeNode, act: (one: TreeNode) => void): void {
  act(node)
  if ('children' in node) for (const child of node.children) visit(child, act)
}
