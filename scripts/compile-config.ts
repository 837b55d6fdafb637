/**
 * Puts the repository's `easel.yml` into the form that the Worker is bundled with; nothing, when there is none.
 * Wrangler runs it before it bundles (`[build]` in wrangler.toml), so the Worker never reads YAML.
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

/** What `easel-config` stands for in wrangler.toml. */
const TARGET = join(ROOT, '.wrangler/easel-config.json')

const NOTHING = { defaults: {}, presets: {}, images: [] }

const given = process.env['EASEL_CONFIG']
if (given && !existsSync(given)) fail(`EASEL_CONFIG is ${given}: there is no such file.`)
const file = given
  ? resolve(given)
  : ['easel.yml', '.github/easel.yml'].map((path) => join(ROOT, path)).find(existsSync)
await write(file === undefined ? NOTHING : await compile(file))

async function compile(path: string): Promise<object> {
  // Most Workers have no config, and every test builds one: what reads YAML is loaded only then.
  const { compileConfig } = await import('./edge-config/compile.ts')
  try {
    const compiled = await compileConfig(path, console.warn)
    console.log(`${path}: ${compiled.images.length} images are listed.`)
    return compiled
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error))
  }
}

/** Whole or not at all: several builds may run at a time. */
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
