import { describe, expect, it } from 'vitest'
import { globMistake, parseGlob } from '../../../action/files/glob.ts'

const matches = (pattern: string, path: string, dot = false): boolean =>
  parseGlob(pattern, { dot }).matches(path)

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
  ])('%s is refused', (pattern, problem) => {
    expect(globMistake(pattern)).toContain(problem)
  })
})
