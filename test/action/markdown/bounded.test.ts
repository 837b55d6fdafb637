import { describe, expect, it } from 'vitest'
import { readYaml } from '../../../action/config/yaml-source.ts'
import { pageText } from '../../../action/markdown/page-text.ts'
import { piecesOf } from '../../../action/markdown/pieces.ts'

const MEGABYTE = 1_000_000
const flood = (text: string, characters = MEGABYTE): string => text.repeat(characters / text.length)
const nested = (depth: number): string =>
  Array.from({ length: depth }, (_, at) => `${'  '.repeat(at)}- item\n`).join('')

/** Of processor time for a megabyte, milliseconds: more than ten times what it takes. */
const LIMIT_MS = 8000

function inTime<T>(read: () => T): T {
  const begun = process.threadCpuUsage()
  try {
    return read()
  } finally {
    const { user, system } = process.threadCpuUsage(begun)
    expect((user + system) / 1000).toBeLessThan(LIMIT_MS)
  }
}

const read = (file: string, content: string) =>
  inTime(() => piecesOf(pageText(file, `${content}\n\n![A fox](fox.png)\n`), true))

describe('a page of any kind is read in time', () => {
  it.each([
    ['a JSX tag over 8,000 lines', 'a.mdx', `<Chart\n${'  label="some words here"\n'.repeat(8000)}/>\n`],
    [
      'an expression over 8,000 lines',
      'a.mdx',
      `<Chart data={[\n${'  { x: "some words" },\n'.repeat(8000)}]}/>\n`,
    ],
    ['a comment over 8,000 lines', 'a.mdx', `{/* easel\n${'  prompt: some words\n'.repeat(8000)}*/}\n`],
    ['emphasis that never closes', 'a.md', flood('*a **b ')],
    ['code in backticks', 'a.md', flood('`a` ``b`` ')],
    ['backticks in pairs', 'a.md', flood('` ``')],
    ['brackets that never close', 'a.md', flood('[')],
    ['images that never close', 'a.md', flood('![')],
    ['links', 'a.md', flood('[a](b) ', 30_000)],
    ['text of many lines', 'a.md', flood('a\n')],
    ['quoted text of many lines', 'a.md', flood('> a\n', 300_000)],
    ['a comment over 5,000 quoted lines', 'a.md', `> a <!--\n${'> a line\n'.repeat(5000)}> -->\n`],
    ['a tag on each of many quoted lines', 'a.md', flood('> a <b>\n', 300_000)],
    ['quoted HTML of many lines', 'a.md', `> <div>\n${flood('> a\n')}`],
    ['scripts in HTML', 'a.md', `<div>\n${flood('<script>a</script>\n')}`],
    ['a table of 5,000 columns', 'a.md', `|${' a |'.repeat(5000)}\n|${'-|'.repeat(5000)}\n`],
    ['a JSX tree', 'a.mdx', '<A>'.repeat(100_000)],
    ['spaces', 'a.md', flood(' ')],
    ['a long line', 'a.md', flood('a')],
    ['an image of a megabyte as a data URL', 'a.md', `![](data:image/png;base64,${flood('iVBORw0K')})`],
    ['lists, 50 deep', 'a.md', nested(50)],
  ])('%s', (_, file, content) => {
    const images = read(file, content).filter((piece) => piece.kind === 'image' && piece.alt === 'A fox')
    expect(images).toHaveLength(1)
  })

  it('10,000 definitions, and an image for each', () => {
    const ids = Array.from({ length: 10_000 }, (_, at) => at)
    const definitions = ids.map((id) => `[ref${id}]: ${id}.png\n`).join('')
    const images = ids.map((id) => `![An image][ref${id}]\n`).join('')

    const pieces = read('a.md', `${definitions}\n${images}`)

    expect(pieces.filter(({ kind }) => kind === 'image')).toHaveLength(10_001)
  })
})

describe('a page that would take too long is an error that says where, and what to do', () => {
  it.each([
    ['quotes, 9,000 deep', 'a.md', `${'>'.repeat(9000)} text`],
    ['lists, 1,000 deep', 'a.md', nested(1000)],
    ['lists, 1,000 deep on a line', 'a.md', `${'- '.repeat(1000)}text`],
    [
      'backticks of 1,500 lengths',
      'a.md',
      Array.from({ length: 1500 }, (_, at) => '`'.repeat(at + 1)).join(' a '),
    ],
    ['comments that never close', 'a.md', `a ${flood('<!-- ')}`],
    ['links that never close', 'a.md', flood('[a](')],
    ['links with titles that never close', 'a.md', flood('[a](b (')],
    ['autolinks that never close', 'a.md', flood('<http://a')],
    ['tags that never close', 'a.md', flood('a <b ')],
    ['brackets that nothing opens', 'a.md', flood('\\*]')],
    ['spaces in text', 'a.md', `a${flood(' ')}b`],
    ['a definition whose title never closes', 'a.md', `[a]: b "${flood('c\n')}`],
    ['HTML whose expressions never close', 'a.md', `<div>\n${flood('<a b={')}`],
    ['a comment over 50,000 quoted lines', 'a.md', `> a <!--\n${'> a line\n'.repeat(50_000)}> -->`],
    ['a JSX tag over 50,000 quoted lines', 'a.mdx', `> a <B\n${'> c="d"\n'.repeat(50_000)}> />`],
    [
      'an image over lines of 10 quotes',
      'a.md',
      `${'>'.repeat(10)} a ![b\n${`${'>'.repeat(10)} c\n`.repeat(5000)}${'>'.repeat(10)} ](d.png)`,
    ],
    ['braces that never close', 'a.mdx', flood('{a ')],
    ['tags of expressions that never close', 'a.mdx', flood('a <A b={ ')],
  ])('%s', (_, file, content) => {
    expect(() => read(file, `${content} ![A hare](hare.png)`)).toThrow(
      /^a\.mdx?:\d+:\d+: error: a\.mdx? (nests|has too many) .*leave it out with "!a\.mdx?" under markdown\.$/,
    )
  })

  it('names the line', () => {
    expect(() => read('docs/a.md', `# Title\n\n${nested(1000)}`)).toThrow('docs/a.md:102:1: ')
  })
})

describe('YAML of any kind is read in time', () => {
  it.each([
    ['a list of 70,000 items', `images:\n${flood('- path: a.png\n')}`, 'valid'],
    [
      'a mapping of 60,000 keys',
      Array.from({ length: 60_000 }, (_, at) => `k${at}: 1\n`).join(''),
      'thousands of keys',
    ],
    [
      'aliases of aliases',
      `a: &a [x, x]\n${Array.from({ length: 26 }, (_, at) => `k${at}: &k${at} [*${at ? `k${at - 1}` : 'a'}, *${at ? `k${at - 1}` : 'a'}]\n`).join('')}`,
      'Excessive alias count',
    ],
    [
      '20,000 anchors and their aliases',
      Array.from({ length: 20_000 }, (_, at) => `- &a${at} 1\n- *a${at}\n`).join(''),
      'thousands of aliases',
    ],
    ['brackets, 100,000 deep', '['.repeat(100_000), 'it nests too deeply.'],
    ['lists, 5,000 deep on a line', `${'- '.repeat(5000)}a`, 'it nests too deeply.'],
    ['mappings, 5,000 deep', '{a: '.repeat(5000), 'it nests too deeply.'],
    ['a long line', `a: ${flood('x')}`, 'valid'],
  ])('%s', (_, text, problem) => {
    const yaml = inTime(() => readYaml(text, 'easel.yml'))

    const message = 'problems' in yaml ? yaml.problems[0].message : 'valid'
    expect(message).toContain(problem)
  })
})
