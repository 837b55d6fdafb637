import fc from 'fast-check'
import { resolve, sep } from 'node:path'
import { describe, expect, it } from 'vitest'
import { collisionKey, inWorkspace, pathProblem } from '../../../action/files/safe-path.ts'

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

describe('collisionKey', () => {
  it('is the same for names that differ only in case or Unicode normalisation', () => {
    expect(collisionKey('docs/Küste.png')).toBe(collisionKey('DOCS/ku\u0308ste.PNG'))
    expect(collisionKey('a.png')).not.toBe(collisionKey('b.png'))
  })
})
