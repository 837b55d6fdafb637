/**
 * Builds what the Worker's page loads: its script and style, and the viewer of the API. Wrangler runs this before it
 * bundles (`[build]` in wrangler.toml). The files go to `[assets]`, under names that hold a hash of their content; the
 * names go to `.wrangler/page-assets.json`, which the Worker imports.
 *
 *     node scripts/build-page.ts
 */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const CLIENT = join(ROOT, 'worker/page/client')
const VIEWER = join(ROOT, 'node_modules/swagger-ui-dist')
const TARGET = join(ROOT, '.wrangler/assets')
const NAMES = join(ROOT, '.wrangler/page-assets.json')

/** An hour. */
const OLD_MS = 3_600_000

/** Served by Cloudflare, not by the Worker: so these headers are all that these files get. */
const HEADERS = `/assets/*
  Cache-Control: public, max-age=31536000, immutable
  X-Content-Type-Options: nosniff
  Cross-Origin-Resource-Policy: same-origin
`

const files = {
  script: await bundle('main.ts'),
  style: await bundle('page.css'),
  icon: await read(join(CLIENT, 'icon.svg')),
  docsScript: await bundle('docs.ts'),
  docsStyle: await bundle('docs.css'),
  viewerScript: await read(join(VIEWER, 'swagger-ui-bundle.js')),
  viewerStyle: await read(join(VIEWER, 'swagger-ui.css')),
}

await mkdir(join(TARGET, 'assets'), { recursive: true })
const names: Record<string, string> = {}
for (const [name, { content, extension }] of Object.entries(files)) {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12)
  const path = `assets/${name}.${hash}${extension}`
  names[name] = `/${path}`
  await writeOnce(join(TARGET, path), content)
}
await writeOnce(join(TARGET, '_headers'), HEADERS)
await writeOnce(NAMES, JSON.stringify(names))
await removeOthers()

interface BuiltFile {
  readonly content: Uint8Array
  readonly extension: string
}

async function bundle(entry: string): Promise<BuiltFile> {
  const { outputFiles } = await build({
    entryPoints: [join(CLIENT, entry)],
    absWorkingDir: ROOT,
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: ['chrome123', 'firefox125', 'safari17.5'],
    legalComments: 'none',
    logLevel: 'error',
  })
  const [output] = outputFiles
  if (!output) throw new Error(`${entry} was built to nothing`)
  return { content: output.contents, extension: extname(entry).replace('.ts', '.js') }
}

async function read(path: string): Promise<BuiltFile> {
  return { content: await readFile(path), extension: extname(path) }
}

/** Leaves a file alone that is right already: several builds may run at once, and watchers must not wake up. */
async function writeOnce(path: string, content: string | Uint8Array): Promise<void> {
  const found = await readFile(path).catch(() => undefined)
  if (found && Buffer.from(content).equals(found)) return
  const draft = `${path}.${process.pid}`
  await writeFile(draft, content)
  await rename(draft, path)
}

/** Files of earlier builds, but not those that a Worker may still serve which was started a while ago. */
async function removeOthers(): Promise<void> {
  const current = new Set(Object.values(names))
  for (const name of await readdir(join(TARGET, 'assets'))) {
    if (current.has(`/assets/${name}`)) continue
    const path = join(TARGET, 'assets', name)
    const age = Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now())
    if (age > OLD_MS) await rm(path, { force: true })
  }
}
