import fc from 'fast-check'
import { resolve, sep } from 'node:path'
import { describe, expect, it } from 'vitest'
import { collisionKey, imagePathProblem, inWorkspace, pathProblem } from '../../../action/files/safe-path.ts'

describe('pathProblem', () => {
  it.each([
    ['../a.png', 'leads outside'],
    ['docs/../../a.png', 'leads outside'],
    ['/etc/a.png', 'is absolute'],
    ['C:/a.png', 'is absolute'],
    ['docs\\a.png', 'write docs/a.png'],
    ['./docs/a.png', 'write docs/a.png'],
    ['docs//a.png', 'write docs/a.png'],
    ['docs/./a.png', 'write docs/a.png'],
    ['', 'is not a file name'],
    ['.', 'is not a file name'],
    ['.git/a.png', 'inside .git'],
    ['.GIT/hooks/a.png', 'inside .git'],
    ['docs/.git/a.png', 'inside .git'],
    ['.g\u200bit/a.png', 'inside .git'],
    ['git~1/a.png', 'inside .git'],
    ['.github/a.png', 'inside .github'],
    ['.easel/a.png', 'inside .easel'],
    ['.GitHub/workflows/a.png', 'inside .github'],
    ['.git./a.png', 'ends with a dot'],
    ['docs /a.png', 'ends with a dot or a space'],
    ['docs/a:b.png', 'can’t be checked out on Windows'],
    ['docs/a?.png', 'can’t be checked out on Windows'],
    ['docs/a\u0000.png', 'control character'],
    ['docs/a\n::error::.png', 'control character'],
    ['con.png', 'where con.png is a device'],
    ['docs/Aux.svg.png', 'where Aux.svg.png is a device'],
    ['nul/a.png', 'where nul is a device'],
    ['PRN', 'where PRN is a device'],
    ['docs/com1.png', 'where com1.png is a device'],
    ['docs/LPT9 .png', 'where LPT9 .png is a device'],
    ['docs/com¹.png', 'where com¹.png is a device'],
    [`docs/${'é'.repeat(126)}.png`, 'has a name of 256 bytes'],
    [`${'docs/'.repeat(220)}a.png`, 'has 1105 bytes'],
  ])('refuses %j', (path, problem) => {
    expect(pathProblem(path)).toContain(problem)
    expect(() => inWorkspace('/work', path)).toThrow(TypeError)
  })

  it.each([
    'a.png',
    'docs/img/hero.png',
    'docs/.well/a b.png',
    'bild/küste.png',
    '.gitlab/a.png',
    'docs/.github/a.png',
    'console.png',
    'docs/com0.png',
    'auxiliary/nul-1.png',
    `docs/${'é'.repeat(125)}.png`,
  ])('accepts %j', (path) => {
    expect(pathProblem(path)).toBeUndefined()
  })

  it('never leaves the workspace, whatever the path', () => {
    const part = fc.oneof(
      fc.constantFrom('..', '.', '', '.git', 'a', '/', '\\', 'C:'),
      fc.string({ maxLength: 4 }),
    )
    const paths = fc.array(part, { maxLength: 6 }).map((parts) => parts.join('/'))
    fc.assert(
      fc.property(paths, (path) => {
        if (pathProblem(path) !== undefined) return
        expect(resolve('/srv/root', path).startsWith(`/srv/root${sep}`)).toBe(true)
        expect(path.split('/')).not.toContain('.git')
      }),
    )
  })
})

describe('the path of an image to generate', () => {
  it.each([
    [`docs/${'é'.repeat(98)}.png`, undefined],
    [`docs/${'é'.repeat(99)}.png`, 'has a name of 202 bytes: shorten it to 200 or fewer'],
    [`${'docs/'.repeat(199)}a.png`, undefined],
    [`${'docs/'.repeat(200)}a.png`, 'has 1005 bytes: shorten it to 1000 or fewer'],
    ['../a.png', 'leads outside the workspace: .. is not allowed'],
  ])('%s: %s', (path, problem) => {
    expect(imagePathProblem(path)).toBe(problem)
  })
})

describe('collisionKey', () => {
  it('is the same for names that differ only in case or Unicode normalisation', () => {
    expect(collisionKey('docs/Küste.png')).toBe(collisionKey('DOCS/ku\u0308ste.PNG'))
    expect(collisionKey('a.png')).not.toBe(collisionKey('b.png'))
  })
})
