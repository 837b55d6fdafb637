/**
 * Bundles the Action and the command into `action/dist/`. It is committed because GitHub installs nothing before it
 * runs an action.
 *
 *     node scripts/build-action.ts           writes it
 *     node scripts/build-action.ts --check   fails when it is stale
 */
import { readdir, readFile, rm, mkdir, writeFile } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'
import * as z from 'zod'
import { bundledLicences } from './bundled-licences.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const TARGET = join(ROOT, 'action/dist')

const packageSchema = z.object({ devDependencies: z.record(z.string(), z.string()) })

/** The converter loads these from its own folder. */
const WASM = [
  '@jsquash/png/codec/pkg/squoosh_png_bg.wasm',
  '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm',
  '@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm',
  '@jsquash/webp/codec/dec/webp_dec.wasm',
  '@jsquash/webp/codec/enc/webp_enc_simd.wasm',
]

/** The start of every file: some dependencies are CommonJS, and need `require`. */
const BANNER = `import { createRequire as easelCreateRequire } from 'node:module';const require = easelCreateRequire(import.meta.url);`

/**
 * Start-up time is mostly spent parsing code that never runs. The toolkit's modules aren't marked as free of side
 * effects, so without this an HTTP client would be bundled.
 */
const leaveOutUnused: Plugin = {
  name: 'leave-out-unused',
  setup(bundler) {
    bundler.onResolve(
      { filter: /^(@actions\/|undici$|tunnel$)|^\./ },
      async ({ path, pluginData, ...options }) => {
        const isToolkit = /[/\\](@actions|undici|tunnel)[/\\]/.test(options.importer) || !path.startsWith('.')
        if (pluginData === 'seen' || !isToolkit) return undefined
        const resolved = await bundler.resolve(path, { ...options, pluginData: 'seen' })
        return resolved.errors.length > 0 ? resolved : { ...resolved, sideEffects: false }
      },
    )
  },
}

const files = await bundle()
if (process.argv.includes('--check')) await check(files)
else await write(files)

async function bundle(): Promise<ReadonlyMap<string, Uint8Array>> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [
      'action/main.ts',
      'action/bin.ts',
      'action/cli.ts',
      'action/adopt/convert-worker.ts',
      'action/adopt/thumbhash-worker.ts',
    ],
    entryNames: '[name]',
    // Flat, because files are loaded relative to `import.meta.url`, as in the source folder.
    chunkNames: '[name]-[hash]',
    outdir: TARGET,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    // The oldest that the command supports.
    target: 'node22.12',
    minify: true,
    legalComments: 'none',
    banner: { js: BANNER },
    write: false,
    metafile: true,
    plugins: [leaveOutUnused],
    logLevel: 'warning',
  })
  await assertDependencies(Object.keys(metafile.inputs))
  const wasm = await Promise.all(
    WASM.map(async (name) => {
      const bytes: Uint8Array = await readFile(fileURLToPath(import.meta.resolve(name)))
      return [`wasm/${basename(name)}`, bytes] as const
    }),
  )
  const bundled = outputFiles.map(({ path, contents }) => [relative(TARGET, path), contents] as const)
  const licences = new TextEncoder().encode(await bundledLicences(metafile, ROOT))
  return new Map([...bundled, ...wasm, ['LICENCES.txt', licences] as const])
}

/** What is bundled is a dependency, not a development dependency: security alerts follow those only. */
async function assertDependencies(inputs: readonly string[]): Promise<void> {
  const { devDependencies } = packageSchema.parse(
    JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')),
  )
  const bundled = new Set(
    [...inputs, ...WASM.map((name) => `node_modules/${name}`)].flatMap(
      (path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [],
    ),
  )
  const misplaced = Array.from(bundled).filter((name) => name in devDependencies)
  if (misplaced.length > 0)
    throw new Error(
      `action/dist bundles ${misplaced.join(', ')}: move them to "dependencies" in package.json.`,
    )
}

async function write(wanted: ReadonlyMap<string, Uint8Array>): Promise<void> {
  await rm(TARGET, { recursive: true, force: true })
  for (const [path, contents] of wanted) {
    await mkdir(join(TARGET, path, '..'), { recursive: true })
    await writeFile(join(TARGET, path), contents)
  }
  const size = [...wanted.values()].reduce((sum, { byteLength }) => sum + byteLength, 0)
  console.log(`${wanted.size} files, ${Math.round(size / 1000)} kB, written to action/dist`)
}

async function check(wanted: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const entries = await readdir(TARGET, { recursive: true, withFileTypes: true }).catch(() => [])
  const present = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(TARGET, join(entry.parentPath, entry.name)))
  const different = await Promise.all(
    [...wanted].map(async ([path, contents]) => {
      const found = present.includes(path) ? await readFile(join(TARGET, path)) : undefined
      return found && Buffer.compare(found, contents) === 0 ? [] : [path]
    }),
  )
  const stale = [...different.flat(), ...present.filter((path) => !wanted.has(path))]
  if (stale.length === 0) return
  console.error(`action/dist is stale (${stale.join(', ')}): run npm run build and commit it.`)
  process.exitCode = 1
}
