import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, normalize } from 'node:path/posix'
import { promisify } from 'node:util'
import { specTypes } from './spec-types.ts'

const run = promisify(execFile)

/** Its types are zod's. The package has the same type without zod. */
const SPEC_SCHEMA = 'shared/spec/schema.d.ts'

/** Writes the declarations that the entries need, and no others. */
export async function buildTypes(entries: Readonly<Record<string, string>>, folder: string): Promise<void> {
  const emitted = await mkdtemp(join(tmpdir(), 'easel-types-'))
  try {
    await emitDeclarations(Object.values(entries), emitted)
    const queue = Object.values(entries).map((source) => source.replace(/\.ts$/, '.d.ts'))
    const written = new Set<string>()
    for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
      if (written.has(file)) continue
      written.add(file)
      const text = file === SPEC_SCHEMA ? specTypes() : await readFile(join(emitted, file), 'utf8')
      const bare = importsOf(text).find((specifier) => !specifier.startsWith('.'))
      if (bare !== undefined) throw new Error(`${file} needs the types of ${bare}, which users don't have.`)
      for (const specifier of importsOf(text))
        queue.push(normalize(join(dirname(file), specifier)).replace(/\.ts$/, '.d.ts'))
      const target = join(folder, file)
      await mkdir(dirname(target), { recursive: true })
      await writeFile(
        target,
        text.replaceAll(IMPORT, (all) => all.replace(/\.ts(['"])$/, '.js$1')),
      )
    }
    await writeFile(join(folder, 'schema.d.ts'), SCHEMA_ENTRY)
    // The alias is a file that the entries may not need otherwise.
    if (!written.has(SPEC_SCHEMA)) throw new Error('No entry has the type of a spec.')
  } finally {
    await rm(emitted, { recursive: true })
  }
}

const SCHEMA_ENTRY = `export type { ImageSpecInput as ImageSpec } from './shared/spec/schema.js'
/** JSON Schema of \`easel.yml\`. */
export declare const configSchema: Readonly<Record<string, unknown>>
/** JSON Schema of an image's spec. */
export declare const specSchema: Readonly<Record<string, unknown>>
`

const IMPORT = /\b(?:from|import) ?\(?(['"])([^'"]+)\1/g

function importsOf(text: string): string[] {
  return Array.from(text.matchAll(IMPORT), ([, , specifier = '']) => specifier)
}

async function emitDeclarations(sources: readonly string[], folder: string): Promise<void> {
  const options = [
    '--ignoreConfig',
    '--declaration',
    '--emitDeclarationOnly',
    ['--outDir', folder],
    ['--rootDir', '.'],
    ['--target', 'es2024'],
    ['--module', 'nodenext'],
    ['--types', 'node'],
    '--strict',
    '--exactOptionalPropertyTypes',
    '--noUncheckedIndexedAccess',
    '--allowImportingTsExtensions',
    '--resolveJsonModule',
    '--skipLibCheck',
  ].flat()
  await run('tsc', [...options, ...sources])
}
