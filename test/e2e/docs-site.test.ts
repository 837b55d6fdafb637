import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseLock } from '../../action/lock/lock-file.ts'
import { runAction } from '../action/support/processes.ts'
import { startUpstream, type Upstream } from '../action/support/upstream.ts'

const EXAMPLE = join(import.meta.dirname, '../../examples/docs-site')
/** What isn't in the repository. */
const NOT_CHECKED_IN = /\/(node_modules|docs\/\.vitepress\/(cache|dist))$/
const LAMP = 'docs/guide/lamp.md'

const run = promisify(execFile)
let site: string
let upstream: Upstream

beforeAll(async () => {
  site = await mkdtemp(join(tmpdir(), 'easel-site-'))
  await cp(EXAMPLE, site, { recursive: true, filter: (path) => !NOT_CHECKED_IN.test(path) })
  upstream = await startUpstream()
})

afterAll(async () => {
  await upstream.close()
  await rm(site, { recursive: true, force: true })
})

// One story: each part goes on where the one before ended.
describe('the example site', () => {
  it('is up to date as it is checked in: a push that changes nothing costs nothing', async () => {
    const { code, outputs } = await push()

    expect(code).toBe(0)
    expect(outputs).toMatchObject({ generated: '0', skipped: '5', changed: 'false' })
    expect(upstream.prompts()).toEqual([])
  })

  it('gets one new picture, and nothing else, when one prompt in one page is edited', async () => {
    const before = await files()
    await edit(
      LAMP,
      'A glowing lamp on a table in a room at night',
      'A lighthouse above a stormy sea at night',
    )

    const { code, outputs } = await push()

    expect(code).toBe(0)
    expect(outputs).toMatchObject({ generated: '1', skipped: '4', failed: '0', changed: 'true' })
    expect(upstream.prompts()).toEqual([expect.stringContaining('A lighthouse above a stormy sea at night')])
    expect(changed(before, await files())).toEqual([
      'docs/guide/lamp.md',
      'docs/img/lamp.jpg',
      'easel.lock.json',
    ])
  })

  it('has a lock in which one entry changed, so that branches merge', async () => {
    const [before, after] = await Promise.all([EXAMPLE, site].map(readLock))
    const different = [...(after ?? [])].filter(([path, entry]) => entry.sha256 !== before?.get(path)?.sha256)

    expect(different.map(([path]) => path)).toEqual(['docs/img/lamp.jpg'])
    expect(after?.size).toBe(5)
  })

  it('is built with the new picture', { timeout: 300_000 }, async () => {
    // VitePress is no dependency of Easel: it comes from the registry, as for everyone who takes the example.
    await npm('ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline')
    await npm('run', 'build')

    const assets = join(site, 'docs/.vitepress/dist/assets')
    const built = await readdir(assets)
    for (const name of ['lamp', 'owl', 'boat', 'morning fog']) {
      const asset = built.find((file) => file.startsWith(`${name}.`) && file.endsWith('.jpg'))
      expect(await sha256(join(assets, asset ?? ''))).toBe(await sha256(join(site, `docs/img/${name}.jpg`)))
    }
    const page = await readFile(join(site, 'docs/.vitepress/dist/guide/lamp.html'), 'utf8')
    expect(page).toContain(built.find((file) => /^lamp\..*\.jpg$/.test(file)))
    expect(page).toMatch(/<img[^>]* alt="The lamp, lit"/)
    expect(page).not.toContain('easel')
  })

  it('has nothing more to do on the next push', async () => {
    expect((await push()).outputs).toMatchObject({ generated: '0', changed: 'false' })
    expect(upstream.prompts()).toHaveLength(1)
  })
})

/** What the workflow's step does on a push. */
function push(): ReturnType<typeof runAction> {
  return runAction(site, {
    inputs: {
      'openrouter-api-key': upstream.env['OPENROUTER_API_KEY'] ?? '',
      'base-url': upstream.url,
      'max-cost-usd': '1',
      deliver: 'none',
    },
  })
}

async function edit(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(join(site, file), 'utf8')
  expect(text).toContain(from)
  await writeFile(join(site, file), text.replace(from, to))
}

/** Hashes by path. */
async function files(): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(site, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return new Map(
    await Promise.all(paths.map(async (path) => [path.slice(site.length + 1), await sha256(path)] as const)),
  )
}

function changed(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const all = new Set([...before.keys(), ...after.keys()])
  return [...all].filter((path) => before.get(path) !== after.get(path)).toSorted()
}

async function readLock(folder: string): Promise<ReturnType<typeof parseLock>> {
  return parseLock(await readFile(join(folder, 'easel.lock.json'), 'utf8'), 'easel.lock.json')
}

async function sha256(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
}

async function npm(...args: readonly string[]): Promise<void> {
  await run('npm', args, { cwd: site, maxBuffer: 1e8 })
}
