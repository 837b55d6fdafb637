import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseLock } from '../../action/lock/lock-file.ts'
import { type ActionRun, runAction } from '../support/action/processes.ts'
import { startUpstream, type Upstream } from '../support/action/upstream.ts'
import { runGit } from '../support/github/bare-repository.ts'
import { type GitHub, serveGitHub } from '../support/github/github.ts'

const EXAMPLE = join(import.meta.dirname, '../../examples/docs-site')
/** Left out of the repository. */
const NOT_CHECKED_IN = /^(node_modules|docs\/\.vitepress\/(cache|dist))\//
const LAMP = 'docs/guide/lamp.md'

const run = promisify(execFile)
let github: GitHub
let upstream: Upstream
let folder: string
let checkouts = 0

beforeAll(async () => {
  const files = await exampleFiles()
  ;[github, upstream] = await Promise.all([serveGitHub({ files }), startUpstream()])
  folder = await mkdtemp(join(tmpdir(), 'easel-site-'))
})

afterAll(async () => {
  await Promise.all([github[Symbol.asyncDispose](), upstream.close()])
  await rm(folder, { recursive: true, force: true })
})

// One story: each test continues where the previous one ended.
describe('the example site', () => {
  it('is up to date as committed: a push that changes nothing costs nothing', async () => {
    const before = await github.head()

    const { code, outputs } = await runOnPush()

    expect(code).toBe(0)
    expect(outputs).toMatchObject({ generated: '0', skipped: '5', changed: 'false' })
    expect(upstream.prompts()).toEqual([])
    expect(await github.head()).toBe(before)
  })

  it('gets one new image in one commit after one prompt in one page is edited', async () => {
    const page = await readFile(join(EXAMPLE, LAMP), 'utf8')
    const edited = page.replace(/^prompt: .*$/m, 'prompt: A lighthouse above a stormy sea at night')
    const pushed = await github.push({ [LAMP]: edited }, { message: 'Another lamp' })

    const { code, outputs } = await runOnPush()

    expect(code).toBe(0)
    const head = await github.head()
    expect(outputs).toMatchObject({ generated: '1', skipped: '4', failed: '0', 'commit-sha': head })
    expect(upstream.prompts()).toEqual([expect.stringContaining('A lighthouse above a stormy sea at night')])
    expect(await git('rev-list', `${pushed}..${head}`)).toEqual([head])
    expect(await git('diff', '--name-only', pushed, head)).toEqual(['docs/img/lamp.jpg', 'easel.lock.json'])
  })

  it('has a lock file with one changed entry, so that branches merge', async () => {
    const before = readLock(await readFile(join(EXAMPLE, 'easel.lock.json'), 'utf8'))
    const after = readLock((await git('cat-file', 'blob', 'main:easel.lock.json')).join('\n'))

    expect([...after.keys()]).toEqual([...before.keys()])
    const different = [...after].filter(([path, { sha256 }]) => sha256 !== before.get(path)?.sha256)
    expect(different.map(([path]) => path)).toEqual(['docs/img/lamp.jpg'])
  })

  it('is built with the new image', { timeout: 300_000 }, async () => {
    const site = await checkout()
    // VitePress is no dependency of Easel: it comes from the registry, as it does for users of the example.
    await npm(site, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline')
    await npm(site, 'run', 'build')

    const built = join(site, 'docs/.vitepress/dist')
    const assets = await readdir(join(built, 'assets'))
    for (const name of ['lamp', 'owl', 'boat', 'morning fog']) {
      const asset = assets.find((file) => file.startsWith(`${name}.`) && file.endsWith('.jpg')) ?? name
      const [shown, generated] = await Promise.all([
        readFile(join(built, 'assets', asset)),
        readFile(join(site, `docs/img/${name}.jpg`)),
      ])
      expect(shown.equals(generated)).toBe(true)
    }
    const old = await readFile(join(EXAMPLE, 'docs/img/lamp.jpg'))
    expect(old.equals(await readFile(join(site, 'docs/img/lamp.jpg')))).toBe(false)
    const page = await readFile(join(built, 'guide/lamp.html'), 'utf8')
    expect(page).toContain(assets.find((file) => /^lamp\..*\.jpg$/.test(file)))
    expect(page).toMatch(/<img[^>]* alt="The lamp, lit"/)
    expect(page).not.toContain('easel')
  })

  it('has nothing left to do on the next push', async () => {
    const before = await github.head()

    expect((await runOnPush()).outputs).toMatchObject({ generated: '0', changed: 'false' })
    expect(upstream.prompts()).toHaveLength(1)
    expect(await github.head()).toBe(before)
  })
})

/** Runs the workflow's step for a push, with the built Action. */
async function runOnPush(): Promise<ActionRun> {
  return runAction(await checkout(), {
    inputs: {
      'openrouter-api-key': upstream.env['OPENROUTER_API_KEY'] ?? '',
      'base-url': upstream.url,
      'max-cost-usd': '1',
      deliver: 'commit',
    },
    env: {
      ...github.env,
      GITHUB_SHA: await github.head(),
      GITHUB_REF_NAME: 'main',
      GITHUB_REF_TYPE: 'branch',
    },
  })
}

/** A clone as `actions/checkout` leaves it. */
async function checkout(): Promise<string> {
  const target = join(folder, String(checkouts++))
  await runGit(['clone', '--quiet', github.git.path, target])
  return target
}

/** The lines that a git command prints about the repository. */
async function git(...args: readonly string[]): Promise<string[]> {
  return (await github.git.git(args)).toString().trimEnd().split('\n')
}

async function exampleFiles(): Promise<Record<string, Uint8Array>> {
  const entries = await readdir(EXAMPLE, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(EXAMPLE, join(entry.parentPath, entry.name)))
    .filter((path) => !NOT_CHECKED_IN.test(path))
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path, await readFile(join(EXAMPLE, path))] as const)),
  )
}

function readLock(text: string): ReturnType<typeof parseLock> {
  return parseLock(text, 'easel.lock.json')
}

async function npm(cwd: string, ...args: readonly string[]): Promise<void> {
  await run('npm', args, { cwd, maxBuffer: 1e8 })
}
