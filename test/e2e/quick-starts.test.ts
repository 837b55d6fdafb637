import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
import { startWorld } from '../support/action/delivery.ts'
import { type Block, blocksOf } from '../support/docs/blocks.ts'
import { commandsOf, words } from '../support/docs/commands.ts'
import { freePort } from '../support/free-port.ts'

// The README's text alone, as somebody who has never heard of Easel follows it. What the test can't do in its place is
// named below: downloading packages, logging in, and waiting for a real model.

const ROOT = join(import.meta.dirname, '../..')
const execute = promisify(execFile)
const blocks = blocksOf(readFileSync(join(ROOT, 'README.md'), 'utf8'))

describe('the quick start at the edge', { timeout: 120_000 }, () => {
  it('generates the image of the README in a fresh clone, and gets as far as deploying', async () => {
    const clone = await freshClone()
    const [install = '', start = '', curl = '', login = '', deploy = '', ...more] = section(
      'Quick start: the edge',
    )
      .filter(({ language }) => language === 'sh')
      .flatMap(({ text }) => commandsOf(text))
    // Its packages are those of this clone, and nobody is at the browser.
    expect([install, login, more]).toEqual(['npm ci', 'npx wrangler login', []])

    const port = await freePort()
    const easel = spawn('sh', ['-c', `exec ${start}`], {
      cwd: clone,
      env: {
        ...process.env,
        PORT: String(port),
        EMULATOR_PORT: String(await freePort()),
        OPENROUTER_API_KEY: '',
      },
    })
    let output = ''
    easel.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    try {
      await expect.poll(() => output, { timeout: 60_000 }).toMatch(/^curl /m)
      // The line that is printed is the README's.
      const line = curl.replace('8787', String(port))
      expect(output).toContain(line)
      expect((await run(`${line} -s -D -`, clone)).stdout).toMatch(/^HTTP\/1\.1 200/)
      const shown = join(ROOT, 'docs/img/lighthouse.png')
      expect(await differenceOf(join(clone, 'lighthouse.png'), shown), 'between 0 and 255').toBeLessThan(1)
      expect((await run(`${line} -s -D -`, clone)).stdout).toMatch(/^cache-status: Easel; hit/im)
    } finally {
      easel.kill('SIGTERM')
      await once(easel, 'exit')
    }

    const deployed = await run(`${deploy} -- --dry-run`, clone)
    expect(deployed.stdout).toContain('--dry-run: exiting now.')
    for (const binding of ['BUCKET', 'IMAGES', 'JOBS', 'BUDGET', 'MISS_LIMIT', 'VARIANT_LIMIT']) {
      expect(deployed.stdout).toContain(`env.${binding}`)
    }
    expect(deployed.stdout).toContain('env.EASEL_ACCESS ("signed")')
    await rm(clone, { recursive: true })
  })
})

describe('the quick start in CI', { timeout: 60_000 }, () => {
  it('writes a config and a workflow, plans, and commits images on the first push', async () => {
    const [shell, workflow] = section('Quick start: CI')
    const [init = '', plan = '', secret = '', ...more] = commandsOf(shell?.text ?? '')
    expect([secret, more]).toEqual(['gh secret set OPENROUTER_API_KEY', []])
    await using world = await startWorld({})
    const repository = await world.checkout()
    await rm(join(repository.root, 'easel.yml'))

    await command(init, repository.root)
    const planned = await command(plan, repository.root)
    expect(planned).toMatch(/2 images to generate, for about \$0\.\d+; 0 up to date\./)

    const files = ['easel.yml', '.github/workflows/easel.yml', '.gitattributes']
    const contents = await Promise.all(files.map((file) => readFile(join(repository.root, file), 'utf8')))
    await world.github.push(Object.fromEntries(files.map((file, index) => [file, contents[index] ?? ''])))
    const { inputs } = easelStep(workflow)
    const first = await (await world.checkout()).run({ inputs })
    const second = await (await world.checkout()).run({ inputs })

    expect([first.code, second.code]).toEqual([0, 0])
    expect(first.outputs).toMatchObject({ generated: '2', 'commit-sha': await world.github.head() })
    expect(second.outputs).toMatchObject({ generated: '0', 'cost-usd': '0' })
    expect(Array.from((await world.lock()).keys())).toEqual(['docs/img/lamp.png', 'docs/img/lighthouse.png'])
    expect(world.upstream.prompts()).toHaveLength(2)
  })
})

/** The code blocks below a heading of the README. */
function section(heading: string): readonly Block[] {
  return blocks.filter(({ headings }) => headings.includes(heading))
}

/** What somebody has after git clone and npm ci: every file of the repository, and its packages. */
async function freshClone(): Promise<string> {
  const clone = await mkdtemp(join(tmpdir(), 'easel-clone-'))
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
  })
  const paths = files
    .toString()
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(ROOT, path)))
  await Promise.all(
    paths.map(async (path) => {
      await mkdir(dirname(join(clone, path)), { recursive: true })
      await cp(join(ROOT, path), join(clone, path))
    }),
  )
  await symlink(join(ROOT, 'node_modules'), join(clone, 'node_modules'))
  return clone
}

/** How far the pixels of two images are apart on average. Other systems' libraries may round differently. */
async function differenceOf(one: string, other: string): Promise<number> {
  const difference = await sharp(one)
    .removeAlpha()
    .composite([{ input: await sharp(other).removeAlpha().toBuffer(), blend: 'difference' }])
    .toBuffer()
  const { channels } = await sharp(difference).removeAlpha().stats()
  return Math.max(...channels.map(({ mean }) => mean))
}

function run(shell: string, cwd: string): Promise<{ readonly stdout: string }> {
  return execute('sh', ['-c', shell], {
    cwd,
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false', NO_COLOR: '1' },
  })
}

/** Runs `npx @easel-images/easel …` with the command of this clone, which isn't published. */
async function command(line: string, cwd: string): Promise<string> {
  const [npx, name, ...args] = words(line)
  expect([npx, name]).toEqual(['npx', '@easel-images/easel'])
  const { stdout } = await execute(process.execPath, [join(ROOT, 'action/cli.ts'), ...args], {
    cwd,
    // No list of models is fetched.
    env: { ...process.env, OPENROUTER_BASE_URL: 'http://127.0.0.1:9/api/v1', NO_COLOR: '1' },
  })
  return stdout
}

/** The inputs of the Easel step, but for the secret: the test's double has a key of its own. */
function easelStep(block: Block | undefined): { readonly inputs: Record<string, string> } {
  const { steps } = z
    .object({
      steps: z.array(z.object({ uses: z.string(), with: z.record(z.string(), z.string()).default({}) })),
    })
    .parse(parse(block?.text ?? ''))
  const { 'openrouter-api-key': key, ...inputs } =
    steps.find(({ uses }) => uses === 'easel-images/easel@v1')?.with ?? {}
  expect(key).toBe('${{ secrets.OPENROUTER_API_KEY }}')
  return { inputs }
}
