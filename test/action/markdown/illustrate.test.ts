import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { withDimensions } from '../../../action/markdown/dimensions.ts'
import { illustrate } from '../../../action/markdown/illustrate.ts'
import { easel } from '../../support/action/processes.ts'
import { FRAGMENTS, see } from '../../support/action/pages.ts'
import { createWorkspace } from '../../support/action/workspace.ts'

const wantAll = { siteRoot: undefined, isWanted: () => Promise.resolve(true) }

async function illustrated(content: string, file = 'docs/page.md'): Promise<string> {
  return (await illustrate({ file, content }, wantAll)).content
}

describe('easel illustrate', () => {
  it.each<[string, string, string]>([
    [
      'an image of its own',
      '# The lamp\n\n![How it turns](a.png)\n',
      '# The lamp\n\n<!-- easel\nprompt: How it turns. It illustrates “The lamp”.\n-->\n![How it turns](a.png)\n',
    ],
    [
      'an image without alt text, from its heading',
      '# Fog\n\n![](a.png)',
      '# Fog\n\n<!-- easel\nprompt: Fog\n-->\n![](a.png)',
    ],
    ['CRLF', '![x](a.png)\r\n', '<!-- easel\r\nprompt: x\r\n-->\r\n![x](a.png)\r\n'],
    ['a byte order mark', '\uFEFF![x](a.png)', '\uFEFF<!-- easel\nprompt: x\n-->\n![x](a.png)'],
    ['a sentence', 'See ![x](a.png).', 'See <!-- easel prompt: x -->![x](a.png).'],
    [
      'a line inside a paragraph',
      'See\\\n![x](a.png)\nhere.',
      'See <!-- easel prompt: x -->\\\n![x](a.png)\nhere.',
    ],
    ['a list in a quote', '> 1. ![x](a.png)', '> 1. <!-- easel\n>    prompt: x\n>    -->\n>    ![x](a.png)'],
    ['a link', '[![x](a.png)](b)', '[<!-- easel prompt: x -->![x](a.png)](b)'],
    ['a heading', '# ![x](a.png)', '# <!-- easel prompt: x -->![x](a.png)'],
    [
      'a table',
      '| a |\n|---|\n| ![x \\| y](a.png) |',
      '| a |\n|---|\n| <!-- easel prompt: "x \\u007c y" -->![x \\| y](a.png) |',
    ],
    [
      'HTML',
      '<p>\n  <img src="a.png" alt="x --> y">\n</p>',
      '<p>\n  <!-- easel\n  prompt: "x --\\u003e y"\n  -->\n  <img src="a.png" alt="x --> y">\n</p>',
    ],
    [
      'one of two places',
      '![x](a.png)\n\n![y](./a.png)',
      '<!-- easel\nprompt: x\n-->\n![x](a.png)\n\n![y](./a.png)',
    ],
  ])('inserts a comment for %s', async (_, before, after) => {
    expect(await illustrated(before)).toBe(after)
  })

  it.each([
    ['![x](a.png)', '{/* easel\nprompt: x\n*/}\n![x](a.png)'],
    ['See ![x](a.png).', 'See {/* easel prompt: x */} ![x](a.png).'],
    [
      '<Frame>\n  <img src="a.png" alt="*/}" />\n</Frame>',
      '<Frame>\n  {/* easel\n  prompt: "*\\u002f\\u007d"\n  */}\n  <img src="a.png" alt="*/}" />\n</Frame>',
    ],
  ])('writes comments in MDX syntax for %j', async (before, after) => {
    expect(await illustrated(before, 'docs/page.mdx')).toBe(after)
  })

  it.each([
    ['that have a comment', '<!-- easel -->\n![x](a.png)\n\n![x](a.png)'],
    ['elsewhere', '![x](https://example.com/a.png) ![x](data:image/png;base64,AAAA)'],
    ['that Easel can’t generate', '![x](a.tiff) ![x](a) ![x](../../a.png) ![x](/a.png)'],
    ['without any words', '![](a.png)'],
    ['in code', '`![x](a.png)`\n\n```\n![x](a.png)\n```'],
  ])('leaves images alone %s', async (_, content) => {
    expect(await illustrate({ file: 'docs/page.md', content }, wantAll)).toEqual({ proposals: [], content })
  })

  const pages = fc
    .tuple(fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 7 }), fc.constantFrom('\n', '\n\n'))
    .map(([parts, between]) => `${parts.join(between)}\n\n[one]: one.png\n[two]: <two 2.png>\n`)

  it.each(['docs/page.md', 'docs/page.mdx'])(
    'adds only comments to %s, byte for byte, and adds nothing the second time',
    async (file) => {
      await fc.assert(
        fc.asyncProperty(
          pages,
          fc.constantFrom('\n', '\r\n'),
          fc.constantFrom('', '\uFEFF'),
          async (page, eol, bom) => {
            const content = bom + page.replaceAll('\n', eol)
            const { proposals, content: after } = await illustrate({ file, content }, wantAll)

            expect(isMadeByInserting(content, after)).toBe(true)
            const fitting = proposals.filter(({ fits }) => fits)
            expect(after.match(/easel\s+prompt: /g) ?? []).toHaveLength(fitting.length)
            expect(see(after, file).images).toEqual(
              fitting.map(({ prompt }) => expect.objectContaining({ fields: { prompt } })),
            )
            const again = await illustrate({ file, content: after }, wantAll)
            expect(again.content).toBe(after)
          },
        ),
        { numRuns: 150 },
      )
    },
  )

  it('takes little time for hundreds of images, and finds the few that need another place', async () => {
    const lines = Array.from({ length: 400 }, (_, at) =>
      at % 100 === 7 ? `Text.\n![x ${at}](${at}.png)\n` : `![x ${at}](${at}.png)\n`,
    )
    const begun = process.threadCpuUsage()

    const after = await illustrated(lines.join('\n'))

    const { user, system } = process.threadCpuUsage(begun)
    expect((user + system) / 1000).toBeLessThan(5000)
    expect(after.match(/<!-- easel\nprompt: x \d+\n-->\n!/g)).toHaveLength(396)
    expect(after.match(/Text\. <!-- easel prompt: x \d+ -->\n!/g)).toHaveLength(4)
  })

  it('proposes, and writes only with --write; knows what the config describes and which files exist', async () => {
    await using workspace = await createWorkspace({
      'easel.yml': 'version: 1\nimages: [{ path: docs/known.png, prompt: x }]\nsite_root: docs/public\n',
      'docs/draft.md': '![Known](known.png) ![There](there.png) ![New](/new.png)\n',
      'docs/there.png': 'x',
    })
    const before = await workspace.text('docs/draft.md')

    const proposed = await easel(['illustrate', 'docs/draft.md'], { cwd: workspace.root })
    expect(proposed.stdout.split('\n')).toEqual([
      'docs/draft.md:1:41: docs/public/new.png',
      '  + <!-- easel prompt: New -->',
      'docs/draft.md: --write inserts 1 comment.',
      '',
    ])
    expect(await workspace.text('docs/draft.md')).toBe(before)

    const written = await easel(['illustrate', './docs/draft.md', '--write', '--json'], {
      cwd: workspace.root,
    })
    expect(JSON.parse(written.stdout)).toMatchObject({ pages: [{ file: 'docs/draft.md', written: true }] })
    expect(await workspace.text('docs/draft.md')).toBe(
      before.replace('![New]', '<!-- easel prompt: New -->![New]'),
    )
    const again = await easel(['illustrate', 'docs/draft.md', '--write'], { cwd: workspace.root })
    expect(again.stdout).toBe('docs/draft.md: nothing to propose.\n')
  })

  it.each([
    [['gone.md'], 'There is no file gone.md.'],
    [['../a.md'], '../a.md leads outside the workspace'],
    [['easel.yml'], 'easel.yml is not a .md, .mdx or .markdown file.'],
    [['a.md', '--config', 'gone.yml'], 'There is no file gone.yml'],
  ])('refuses %j', async (args, message) => {
    await using workspace = await createWorkspace({ 'a.md': 'x', 'easel.yml': 'version: 1' })
    const { code, stderr } = await easel(['illustrate', ...args], { cwd: workspace.root })
    expect(code).toBe(2)
    expect(stderr).toContain(message)
  })
})

describe('width and height', () => {
  const known = new Map([['docs/a.png', { width: 4, height: 3 }]])

  it.each([
    ['<img src="a.png" alt="x">', '<img src="a.png" alt="x" width="4" height="3">'],
    ['<img src=a.png/><p>', '<img src=a.png/><p>'],
    ['<img src="a.png" />', '<img src="a.png" width="4" height="3" />'],
    ['Hi <IMG SRC=a.png> there', 'Hi <IMG SRC=a.png width="4" height="3"> there'],
    ['<img src="a.png" width="2">', '<img src="a.png" width="2">'],
    [
      '<img src="b.png"> ![x](a.png) `<img src="a.png">`',
      '<img src="b.png"> ![x](a.png) `<img src="a.png">`',
    ],
    ['\uFEFF<img\r\n  src="a.png">\r\n', '\uFEFF<img\r\n  src="a.png" width="4" height="3">\r\n'],
  ])('of %j become %j', (before, after) => {
    const { content } = withDimensions({ file: 'docs/page.md', content: before }, undefined, (path) =>
      known.get(path),
    )
    expect(content).toBe(after)
  })

  it('are written from the lock', async () => {
    const entry = {
      fingerprint: 'a'.repeat(64),
      sha256: 'b'.repeat(64),
      bytes: 1,
      media_type: 'image/png',
      width: 8,
      height: 6,
      model: 'm',
      spec: {},
    }
    await using workspace = await createWorkspace({
      'easel.yml': 'version: 1\n',
      'easel.lock.json': JSON.stringify({ version: 1, images: { 'a.png': entry } }),
      'a.md': '<img src="a.png" alt="x">\n\n![new](new.png)\n',
    })

    const { stdout } = await easel(['illustrate', 'a.md', '--write-dimensions'], { cwd: workspace.root })

    expect(stdout).toBe('a.md: width and height set on 1 HTML image.\n')
    expect(await workspace.text('a.md')).toBe(
      '<img src="a.png" alt="x" width="8" height="6">\n\n![new](new.png)\n',
    )
  })
})

/** Whether `after` is `before` with only comments and white space inserted. */
function isMadeByInserting(before: string, after: string): boolean {
  let at = 0
  for (const character of after) if (character === before[at]) at++
  const withoutComments = after.replaceAll(
    /(<!--|\{\/\*) easel[\s>]+prompt: [^\r\n]*?[ \r\n>]*(-->|\*\/\})/g,
    '',
  )
  return at === before.length && words(withoutComments) === words(before)
}

function words(text: string): string {
  return text.replaceAll(/[\s>]/g, '')
}
