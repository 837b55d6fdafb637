import { readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '..')

/** Which floors a floor may stand on, beside itself. Tests, benchmarks and scripts may stand on all. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  shared: [],
  worker: ['shared'],
  action: ['shared'],
  emulator: [],
}

describe('the floors', () => {
  const files = Object.keys(ALLOWED).flatMap((floor) => sourceFiles(floor))

  it('are looked at in every file', () => {
    expect(files.length).toBeGreaterThan(30)
  })

  it.each(Object.keys(ALLOWED))('%s imports only from floors below it', (floor) => {
    const wrong = files
      .filter((file) => file.startsWith(`${floor}/`))
      .flatMap((file) =>
        imports(file)
          .filter((source) => source.startsWith('.'))
          .map((source) => relative(ROOT, join(ROOT, dirname(file), source)))
          .filter((target) => ![floor, ...(ALLOWED[floor] ?? [])].includes(target.split('/')[0] ?? ''))
          .map((target) => `${file} imports ${target}`),
      )
    expect(wrong).toEqual([])
  })

  it('shared and worker know nothing of Node; shared knows nothing of Workers', () => {
    const wrong = files
      .filter((file) => /^(shared|worker)\//.test(file))
      .flatMap((file) =>
        imports(file)
          .filter(
            (source) =>
              isNodeModule(source) || (file.startsWith('shared/') && source.startsWith('cloudflare:')),
          )
          .map((source) => `${file} imports ${source}`),
      )
    expect(wrong).toEqual([])
  })

  it('nobody but GitHub’s own host knows GitHub', () => {
    const wrong = files.filter(
      (file) =>
        !file.startsWith('action/') && imports(file).some((source) => /^@(actions|octokit)\//.test(source)),
    )
    expect(wrong).toEqual([])
  })
})

function sourceFiles(floor: string): string[] {
  if (!readdirSync(ROOT).includes(floor)) return []
  return readdirSync(join(ROOT, floor), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.startsWith('dist/'))
    .map((file) => join(floor, file))
}

/** Static, dynamic and re-exporting imports. */
function imports(file: string): string[] {
  const source = readFileSync(join(ROOT, file), 'utf8')
  return Array.from(source.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g), (match) => match[1] ?? '')
}

function isNodeModule(source: string): boolean {
  return source.startsWith('node:') || builtinModules.includes(source)
}
