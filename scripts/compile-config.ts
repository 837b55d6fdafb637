/**
 * Compiles the repository's `easel.yml` to the JSON that is bundled with the Worker; an empty config when there is none.
 * Wrangler runs this before it bundles (`[build]` in wrangler.toml), so the Worker never parses YAML.
 *
 *     node scripts/compile-config.ts
 *     EASEL_CONFIG=../site/easel.yml npx wrangler deploy
 */
import { existsSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** The file that wrangler.toml resolves `easel-config` to. */
const TARGET = join(ROOT, '.wrangler/easel-config.json')

const EMPTY = { defaults: {}, presets: {}, images: [] }

const given = process.env['EASEL_CONFIG']
if (given && !existsSync(given)) fail(`EASEL_CONFIG is ${given}, which does not exist.`)
const file = given
  ? resolve(given)
  : ['easel.yml', '.github/easel.yml'].map((path) => join(ROOT, path)).find(existsSync)
await write(file === undefined ? EMPTY : await compile(file))

async function compile(path: string): Promise<object> {
  // Most Workers have no config, and every test builds a Worker: the YAML parser is loaded only when needed.
  const { compileConfig } = await import('./edge-config/compile.ts')
  try {
    const compiled = await compileConfig(path, console.warn)
    console.log(
      `${path} lists ${compiled.images.length} ${compiled.images.length === 1 ? 'image' : 'images'}.`,
    )
    return compiled
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error))
  }
}

/** Writes the file in one step, because several builds may run at the same time. */
async function write(config: object): Promise<void> {
  await mkdir(dirname(TARGET), { recursive: true })
  const draft = `${TARGET}.${process.pid}`
  await writeFile(draft, JSON.stringify(config))
  await rename(draft, TARGET)
}

function fail(message: string): never {
  console.error(message)
  process.exit(1)
}
