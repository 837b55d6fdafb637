import { describe, expect, it } from 'vitest'
import { globListMistake, globMistake, parseGlob, splitPath } from '../../../action/files/glob.ts'

const matches = (pattern: string, path: string, dot = false): boolean =>
  parseGlob(pattern, { dot }).matches(splitPath(path))

describe('a glob', () => {
  it.each([
    ['docs/*.md', 'docs/a.md', true],
    ['docs/*.md', 'docs/b/a.md', false],
    ['docs/**/*.md', 'docs/a.md', true],
    ['docs/**/*.md', 'docs/b/c/a.md', true],
    ['docs/**', 'docs/b/a.md', true],
    ['**/*.mdx', 'a.mdx', true],
    ['**/img/*.png', 'a/img/b/img/c.png', true],
    ['a?.png', 'ab.png', true],
    ['a?.png', 'a.png', false],
    ['[a-c]*.png', 'beta.png', true],
    ['[!a-c]*.png', 'beta.png', false],
    ['{docs,site}/**/*.{md,mdx}', 'site/x/a.mdx', true],
    ['{docs,site}/**/*.{md,mdx}', 'other/a.md', false],
    ['{a,{b,c}}.md', 'c.md', true],
    ['*.md', '.hidden.md', false],
    ['**/*.md', '.github/a.md', false],
    ['.github/*.md', '.github/a.md', true],
    ['a+b (1).png', 'a+b (1).png', true],
    ['*-*-*.md', 'a-b-c.md', true],
    ['*a', 'baab', false],
    ['Ä*.md', 'Äpfel.md', true],
  ])('%s, %s: %s', (pattern, path, expected) => {
    expect(matches(pattern, path)).toBe(expected)
  })

  it('matches names with a dot when asked to', () => {
    expect(matches('**/*.png', '.cache/a.png', true)).toBe(true)
  })

  it.each([
    [`docs/${'*a'.repeat(40)}b.md`, `docs/${'a'.repeat(250)}.md`],
    [`${'**/a*/'.repeat(12)}b.md`, `${'aaaa/'.repeat(200)}c.md`],
    [`${'*?'.repeat(60)}x`, 'a'.repeat(255)],
  ])('takes no time however many wildcards it has: %.20s', (pattern, path) => {
    const begun = performance.now()
    expect(matches(pattern, path)).toBe(false)
    expect(performance.now() - begun).toBeLessThan(500)
  })

  it.each([
    ['{a,b}'.repeat(7), 'means more than 64 patterns'],
    ['docs/!(draft).md', 'has a group in parentheses'],
    ['['.repeat(1001), 'has 1001 characters: shorten it to 1000 or fewer'],
  ])('%.20s is refused', (pattern, problem) => {
    expect(globMistake(pattern)).toContain(problem)
  })

  it.each(['[', '[a-', '{', '{,', '{a,', ',', '{a}', '[]', '[!'])('of many %s is parsed in time', (part) => {
    const pattern = part.repeat(1000 / part.length)
    const before = process.threadCpuUsage()

    for (let times = 0; times < 200; times++) {
      if (globMistake(pattern) === undefined) matches(pattern, 'docs/a.md')
    }

    const { user } = process.threadCpuUsage(before)
    expect(user / 1000).toBeLessThan(3000)
  })

  it.each([
    ['a[.md', 'a[.md', true],
    ['[a]b[', 'ab[', true],
    ['[[]a', '[a', true],
    ['[]]a', ']a', true],
    ['{a}.{b,c}', '{a}.c', true],
  ])('%s, %s: %s, although brackets are left over', (pattern, path, expected) => {
    expect(matches(pattern, path)).toBe(expected)
  })
})

describe('globs together', () => {
  it('may mean 1,000 patterns', () => {
    const sixtyFour = '{a,b}'.repeat(6)
    const fifteen = Array.from({ length: 15 }, () => sixtyFour)

    expect(globListMistake([...fifteen, '{a,b}'.repeat(5), ...Array<string>(8).fill('*.md')])).toBeUndefined()
    expect(globListMistake([...fifteen, sixtyFour, 'b.md'])).toEqual({
      index: 15,
      problem: expect.stringContaining('means more than 1000 patterns'),
    })
  })

  it('are compared with thousands of files in time', () => {
    const globs = Array.from({ length: 15 }, (_, at) =>
      parseGlob(`d/{a,b}{c,d}{e,f}{g,h}{i,j}{k,l}*a*a*${at}.md`, { dot: false }),
    )
    const before = process.threadCpuUsage()

    for (let at = 0; at < 5_000; at++) {
      const path = splitPath(`d/acegik-page-${at}.md`)
      for (const glob of globs) glob.matches(path)
    }

    const { user } = process.threadCpuUsage(before)
    expect(user / 1e6, 'seconds').toBeLessThan(15)
  })
})
