/**
 * Builds what the Worker's page loads: its script and style, and the viewer of the API. Wrangler runs this before it
 * bundles (`[build]` in wrangler.toml). The Worker imports both files: `.wrangler/page-assets.json` has the paths, under
 * names that hold a hash of the content, and `.wrangler/page-files.json` the texts by path. Static assets of the
 * platform would be one more hop for every request, images included.
 *
 *     node scripts/build-page.ts
 */
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const CLIENT = join(ROOT, 'worker/page/client')
const VIEWER = join(ROOT, 'node_modules/swagger-ui-dist')
const TARGET = join(ROOT, '.wrangler')

const files = {
  script: await bundle('main.ts'),
  style: await bundle('page.css'),
  icon: await read(join(CLIENT, 'icon.svg')),
  docsScript: await bundle('docs.ts'),
  docsStyle: await bundle('docs.css'),
  viewerScript: await read(join(VIEWER, 'swagger-ui-bundle.js')),
  viewerStyle: await read(join(VIEWER, 'swagger-ui.css')),
}

await mkdir(TARGET, { recursive: true })
const named = Object.entries(files).map(([name, { content, extension }]) => {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12)
  return { name, path: `/assets/${name}.${hash}${extension}`, text: Buffer.from(content).toString() }
})
await writeOnce('page-assets.json', Object.fromEntries(named.map(({ name, path }) => [name, path])))
await writeOnce('page-files.json', Object.fromEntries(named.map(({ path, text }) => [path, text])))

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
async function writeOnce(name: string, value: object): Promise<void> {
  const path = join(TARGET, name)
  const text = JSON.stringify(value)
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return
  const draft = `${path}.${process.pid}`
  await writeFile(draft, text)
  await rename(draft, path)
}
