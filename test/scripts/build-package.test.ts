import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ENTRIES } from '../../scripts/package/entries.ts'
import { buildModules } from '../../scripts/package/modules.ts'
import { buildTypes } from '../../scripts/package/types.ts'

const run = promisify(execFile)

/** Bytes, minified and compressed. */
const URL_MAX_BYTES = 2000

/** A folder with the package as it is installed elsewhere, and nothing else. */
let folder: string
let name: string
let exported: Readonly<Record<string, { readonly types: string; readonly default: string }>>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'easel-package-'))
  const manifest = JSON.parse(await readFile('package.json', 'utf8')) as {
    name: string
    exports: typeof exported
  }
  name = manifest.name
  exported = manifest.exports
  const installed = join(folder, 'node_modules', name)
  await mkdir(installed, { recursive: true })
  await writeFile(join(installed, 'package.json'), JSON.stringify(manifest))
  await buildModules(ENTRIES, join(installed, 'dist'))
  await buildTypes(ENTRIES, join(installed, 'dist/types'))
})

afterAll(() => rm(folder, { recursive: true }))

describe('the package', () => {
  it('exports every entry, and can load each of them without any dependency', async () => {
    expect(Object.keys(exported).toSorted()).toEqual(
      [...Object.keys(ENTRIES), 'schema'].map((entry) => `./${entry}`).toSorted(),
    )
    const imports = Object.keys(exported).map((entry) => `await import('${name}/${entry.slice(2)}')`)
    await writeFile(join(folder, 'load.mjs'), `${imports.join('\n')}\nconsole.log('loaded')\n`)

    expect((await run('node', ['load.mjs'], { cwd: folder })).stdout).toBe('loaded\n')
  })

  it('has URLs of under 2 kB, compressed', async () => {
    const { outputFiles } = await build({
      stdin: { contents: `export * from '${name}/url'`, resolveDir: folder },
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'browser',
      write: false,
    })

    expect(gzipSync(outputFiles[0]?.contents ?? '').length).toBeLessThan(URL_MAX_BYTES)
  })

  it('is typed for users who have nothing else installed', async () => {
    await writeFile(join(folder, 'user.ts'), userCode())
    await writeFile(join(folder, 'wrong.ts'), wrongCode())
    const options = ['--strict', '--exactOptionalPropertyTypes', '--noEmit', '--module', 'nodenext']
    const files = ['user.ts', 'wrong.ts']
    const complaints = await run(
      'tsc',
      ['--ignoreConfig', ...options, '--target', 'es2022', '--lib', 'es2024,dom', ...files],
      { cwd: folder },
    ).then(
      () => '',
      (error: { readonly stdout: string }) => error.stdout,
    )

    expect(complaints).not.toMatch(/user\.ts|node_modules/)
    for (const line of [2, 3, 4]) expect(complaints).toContain(`wrong.ts(${line},`)
  })
})

function userCode(): string {
  return `
import { imageUrl, srcSet, thumbhashToDataUrl, type UrlSpec } from '${name}/url'
import { signUrl } from '${name}/sign'
import { configSchema, specSchema, type ImageSpec } from '${name}/schema'
import { withWorkerUrls } from '${name}/markdown'
import loader, { createLoader } from '${name}/next'
import nuxt from '${name}/nuxt'
import { easelImages } from '${name}/astro'
import astro from '${name}/astro-service'
import { transform } from '${name}/unpic'
import eleventy from '${name}/eleventy'
import vitepress from '${name}/vitepress'
import remark from '${name}/remark'

const spec: UrlSpec = { prompt: 'A fox', aspect_ratio: '16:9', input_images: ['https://example.com/a.png'] as const }
const whole: ImageSpec = { prompt: 'A fox', rgb_colors: [[1, 2, 3]], provider: { sort: 'price' } }
const url: string = imageUrl('https://img.example.com', spec, { w: 640, h: 360, fit: 'cover', format: 'auto', q: 75 })
const set: string = srcSet(new URL('https://img.example.com'), spec, { widths: [320, 640], format: 'auto' })
const signed: Promise<string> = signUrl(url, { kid: 'k1', secret: 's', expiresIn: 60 })
const src: string = loader({ src: 'A fox', width: 640 })
export { astro, configSchema, createLoader, easelImages, eleventy, nuxt, remark, set, signed, specSchema, src,
  thumbhashToDataUrl, transform, vitepress, whole, withWorkerUrls }
`
}

/** A mistake in each line after the first. */
function wrongCode(): string {
  return `import { imageUrl } from '${name}/url'
imageUrl('https://img.example.com', { prompt: 'A fox', widht: 5 })
imageUrl('https://img.example.com', { prompt: 'A fox', rgb_colors: [[1, 2, 3]] })
imageUrl('https://img.example.com', 'A fox', { fit: 'pad' })
`
}
