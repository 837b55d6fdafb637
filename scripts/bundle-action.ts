import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type ChunkingContext, type CodeSplittingNameFunction } from 'rolldown'
import * as z from 'zod'
import { bundledLicences } from './bundled-licences.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

const packageSchema = z.object({ devDependencies: z.record(z.string(), z.string()) })

/** The converter loads these from its own folder. */
const WASM = [
  '@jsquash/png/codec/pkg/squoosh_png_bg.wasm',
  '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm',
  '@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm',
  '@jsquash/webp/codec/dec/webp_dec.wasm',
  '@jsquash/webp/codec/enc/webp_enc_simd.wasm',
]

/** Start-up time is mostly spent on code that never runs: without this, an HTTP client would be bundled for nothing. */
const WITHOUT_SIDE_EFFECTS = /[/\\]node_modules[/\\](@actions|undici|tunnel)[/\\]/

/** Bundles the Action and the command. @returns the files of `action/dist` by name */
export async function bundleAction(): Promise<ReadonlyMap<string, Uint8Array>> {
  const { output } = await build({
    cwd: ROOT,
    input: [
      'action/main.ts',
      'action/bin.ts',
      'action/cli.ts',
      'action/adopt/convert-worker.ts',
      'action/adopt/thumbhash-worker.ts',
    ],
    platform: 'node',
    // The oldest that the command supports.
    transform: { target: 'node22.12' },
    treeshake: { moduleSideEffects: (id) => !WITHOUT_SIDE_EFFECTS.test(id) },
    preserveEntrySignatures: false,
    output: {
      // Flat, because files are loaded relative to `import.meta.url`, as in the source folder.
      chunkFileNames: '[name]-[hash].js',
      codeSplitting: { groups: [{ name: createPartOf(), debugName: 'loaded together' }] },
      minify: true,
      comments: false,
    },
    write: false,
  })
  const chunks = output.filter((file) => file.type === 'chunk')
  const modules = chunks.flatMap(({ moduleIds }) => moduleIds.map((id) => relative(ROOT, id)))
  await assertDependencies(modules)
  const wasm = await Promise.all(
    WASM.map(async (name) => {
      const bytes: Uint8Array = await readFile(fileURLToPath(import.meta.resolve(name)))
      return [`wasm/${basename(name)}`, bytes] as const
    }),
  )
  const text = new TextEncoder()
  const bundled = chunks.map(({ fileName, code }) => [fileName, text.encode(code)] as const)
  const licences = text.encode(await bundledLicences(modules, ROOT))
  return new Map([...bundled, ...wasm, ['LICENCES.txt', licences] as const])
}

/**
 * What is loaded together is one file, because each file costs about a millisecond at the start. Everything else is
 * split by who imports it.
 */
function createPartOf(): CodeSplittingNameFunction {
  let loaded: Readonly<Record<'main' | 'cli' | 'plan', ReadonlySet<string>>> | undefined

  return (id, graph) => {
    loaded ??= {
      main: importedBy(['action/main.ts'], graph),
      cli: importedBy(['action/cli.ts'], graph),
      plan: importedBy(['action/commands/show-plan.ts', 'action/plan/plan-alone.ts'], graph),
    }
    const { main, cli, plan } = loaded
    if (graph.getModuleInfo(id)?.isEntry) return null
    if (cli.has(id)) return main.has(id) || plan.has(id) ? 'base' : null
    return plan.has(id) ? 'plan' : null
  }
}

/** Modules, and all that is loaded with them. */
function importedBy(roots: readonly string[], graph: ChunkingContext): ReadonlySet<string> {
  const found = new Set(roots.map((path) => join(ROOT, path)))
  for (const id of found) for (const next of graph.getModuleInfo(id)?.importedIds ?? []) found.add(next)
  return found
}

/** Writes files below a folder. */
export async function writeFiles(files: ReadonlyMap<string, Uint8Array>, folder: string): Promise<void> {
  for (const [path, contents] of files) {
    await mkdir(join(folder, path, '..'), { recursive: true })
    await writeFile(join(folder, path), contents)
  }
}

/** What is bundled is a dependency, not a development dependency: security alerts follow those only. */
async function assertDependencies(modules: readonly string[]): Promise<void> {
  const { devDependencies } = packageSchema.parse(
    JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')),
  )
  const bundled = new Set(
    [...modules, ...WASM.map((name) => `node_modules/${name}`)].flatMap(
      (path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [],
    ),
  )
  const misplaced = Array.from(bundled).filter((name) => name in devDependencies)
  if (misplaced.length > 0)
    throw new Error(
      `action/dist bundles ${misplaced.join(', ')}: move them to "dependencies" in package.json.`,
    )
}
