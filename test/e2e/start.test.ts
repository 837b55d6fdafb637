import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { givenVariables } from '../../scripts/start/variables.ts'
import { serveEmulator } from '../../emulator/serve.ts'
import { freePort } from '../support/free-port.ts'

const ROOT = join(import.meta.dirname, '../..')
/** A variable by which everything that one `npm start` has started can be found. */
const MARK = 'EASEL_START_TEST'
const running = new Set<ChildProcess>()
const marks = new Map<number, string>()
let stateDir: string

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'easel-start-'))
})

afterEach(() => {
  for (const { pid = 0 } of running) for (const left of processesOf(pid)) process.kill(left, 'SIGKILL')
  running.clear()
})

afterAll(() => rm(stateDir, { recursive: true }))

describe('npm start', { timeout: 90_000 }, () => {
  it('starts all of Easel, prints a command to try, still has its images after a restart, and leaves no process behind', async () => {
    const [port, emulatorPort] = [await freePort(), await freePort()]
    const first = await start({ PORT: port, EMULATOR_PORT: emulatorPort })
    expect(first.output()).toContain(`Easel is ready at http://127.0.0.1:${port}\nAccess: open\nToken: `)
    const [, token = ''] = /^Token: (\S{32,})$/m.exec(first.output()) ?? []
    const url = exampleIn(first.output())
    const generated = await fetch(url)
    expect([generated.status, generated.headers.get('content-type')]).toEqual([200, 'image/png'])
    expect(generated.headers.get('x-easel-emulated')).toBe('true')
    expect(first.output()).toContain(`\nState: ${join(stateDir, 'emulated')}\n`)
    const bytes = await generated.arrayBuffer()
    const usage = `http://127.0.0.1:${port}/v1/usage`
    expect((await fetch(usage)).status).toBe(401)
    const report = await fetch(usage, { headers: { Authorization: `Bearer ${token}` } })
    expect(await report.json()).not.toHaveProperty('budget.daily_usd')
    await expect.poll(() => generatedIn(first.output())).toHaveLength(1)
    const [line = ''] = generatedIn(first.output())
    expect(line).toMatch(/^Generated “A lighthouse at dusk” \(google\/\S+, \$0\.\d+, \d+\.\d s\): http/)
    const [, image = ''] = /(http\S+\/i\/[0-9a-f]{64}\.png)$/.exec(line) ?? []
    expect(await (await fetch(image)).arrayBuffer()).toEqual(bytes)
    // A service manager's SIGTERM reaches only npm, a terminal's Ctrl-C the whole group.
    await first.stop('npm', 'SIGTERM')

    const second = await start({ PORT: port, EMULATOR_PORT: emulatorPort })
    const cached = await fetch(url)
    expect(cached.headers.get('cache-status')).toBe('Easel; hit')
    expect(cached.headers.get('x-easel-emulated')).toBe('true')
    expect(await cached.arrayBuffer()).toEqual(bytes)
    const journal = await fetch(`http://127.0.0.1:${emulatorPort}/emulator/requests`)
    expect(await journal.json()).toEqual([])
    expect(second.output()).toContain(`Token: ${token}\n`)
    expect(generatedIn(second.output())).toEqual([])
    await second.stop('group', 'SIGINT')
  })

  it('starts the emulator on the port after PORT', async () => {
    const port = await freePort()
    const easel = await start({ PORT: port, EMULATOR_PORT: '' })

    expect(easel.output()).toContain(`The emulator at http://127.0.0.1:${port + 1}/api/v1 generates`)
    expect(easel.output()).not.toContain('Warning')
    await easel.stop('npm', 'SIGKILL')
  })

  it('with a real key takes a token or a signed URL, and prints both', async () => {
    const openRouter = await serveEmulator()
    const state = await mkdtemp(join(tmpdir(), 'easel-real-'))
    const env = {
      PORT: await freePort(),
      EMULATOR_PORT: await freePort(),
      STATE_DIR: state,
      OPENROUTER_API_KEY: 'sk-or-test',
      OPENROUTER_BASE_URL: openRouter.url,
    }
    const first = await start(env)
    const [, token = ''] = /^Token: (\S{32,})$/m.exec(first.output()) ?? []
    const signed = exampleIn(first.output())
    const unsigned = `http://127.0.0.1:${env.PORT}/image?prompt=A+fox`
    const withToken = { headers: { Authorization: `Bearer ${token}` } }

    expect(first.output()).toContain('Access: signed\n')
    expect(first.output()).toContain('they cost money')
    expect(first.output()).not.toContain('sk-or-test')
    await expect(fetch(`http://127.0.0.1:${env.EMULATOR_PORT}/`)).rejects.toThrow()
    expect([(await fetch(unsigned)).status, openRouter.requests.length]).toEqual([401, 0])
    expect([(await fetch(signed)).status, (await fetch(unsigned, withToken)).status]).toEqual([200, 200])
    expect((await fetch(signed)).headers.has('x-easel-emulated')).toBe(false)
    expect((await stat(join(state, 'real/credentials.json'))).mode & 0o777).toBe(0o600)
    await first.stop('scripts/start.ts', 'SIGKILL')

    const second = await start({ ...env, EASEL_ACCESS: 'open' })
    expect(second.output()).toContain(`Token: ${token}\n`)
    // On the error stream, which may arrive after the line that says that Easel is ready.
    await expect
      .poll(() => second.output())
      .toMatch(/^Warning: EASEL_ACCESS is open\..*EASEL_DAILY_BUDGET_USD/m)
    expect((await fetch(`${unsigned}&seed=2`)).status).toBe(200)
    expect(exampleIn(second.output())).not.toContain('sig=')
    await second.stop('scripts/start/run.ts', 'SIGKILL')
    await Promise.all([openRouter.close(), rm(state, { recursive: true })])
  })

  it.each(['PORT', 'EMULATOR_PORT'])('says which port is taken, and that %s changes it', async (variable) => {
    const port = await freePort()
    const blocker = createServer().listen(port, '127.0.0.1')
    await once(blocker, 'listening')
    const failure = await fail({ [variable]: String(port) })
    blocker.close()

    expect(failure).toEqual([expect.stringMatching(new RegExp(`Port ${port} is in use.*${variable}`))])
  })

  it('says what is wrong in easel.yml, and nothing else', async () => {
    const file = join(stateDir, 'easel.yml')
    await writeFile(file, 'version: 1\nimages:\n  - path: fox.png\n    promt: A fox\n')

    expect(await fail({ EASEL_CONFIG: file })).toEqual([
      'easel.yml:4:5: error: promt is not a field of an image: did you mean prompt?',
    ])
  })

  it.each(['a file', '/proc/easel/state'])(
    'says that the state can’t be in %s, and which variable moves it',
    async (path) => {
      const file = join(stateDir, 'file')
      await writeFile(file, '')
      const folder = path === 'a file' ? file : path

      expect(await fail({ STATE_DIR: folder })).toEqual([
        expect.stringMatching(/can’t be written to .*STATE_DIR/),
      ])
    },
  )
})

describe('.dev.vars', () => {
  it('sets variables that the environment does not, and only Easel’s and OpenRouter’s', async () => {
    const file = join(stateDir, '.dev.vars')
    await writeFile(file, 'OPENROUTER_API_KEY="sk-or-file"\nEASEL_MAX_COST_USD=2\nPATH=/nowhere\n')

    expect(
      await givenVariables(file, { OPENROUTER_API_KEY: '', EASEL_MAX_COST_USD: '3', HOME: '/' }),
    ).toEqual({
      OPENROUTER_API_KEY: 'sk-or-file',
      EASEL_MAX_COST_USD: '3',
    })
    expect(await givenVariables(join(stateDir, 'none'), { EASEL_ACCESS: 'open' })).toEqual({
      EASEL_ACCESS: 'open',
    })
  })
})

/** Runs `npm start` in a process group of its own, as a terminal does. */
function launch(env: Record<string, string>): {
  readonly child: ChildProcess
  readonly output: () => string
} {
  const mark = randomUUID()
  const child = spawn('npm', ['start'], {
    cwd: ROOT,
    detached: true,
    env: { ...process.env, STATE_DIR: stateDir, OPENROUTER_API_KEY: '', [MARK]: mark, ...env },
  })
  running.add(child)
  marks.set(child.pid ?? 0, mark)
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()))
  return { child, output: () => text }
}

/** The URL in the command to try. */
function exampleIn(output: string): string {
  return /curl '([^']+)' -o/.exec(output)?.[1] ?? ''
}

function generatedIn(output: string): readonly string[] {
  return output.split('\n').filter((line) => line.startsWith('Generated '))
}

async function start(env: Readonly<Record<string, string | number>>) {
  const port = Number(env['PORT'])
  const { child, output } = launch(
    Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)])),
  )
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', () => /^curl /m.test(output()) && resolve())
    child.once('exit', () => reject(new Error(`npm start ended early:\n${output()}`)))
  })
  return {
    output,
    /** @param target  npm, its process group, or the process of a script */
    async stop(target: string, signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL') {
      const { pid = 0 } = child
      const script = processesOf(pid).find((one) => commandOf(one).endsWith(target))
      process.kill(target === 'group' ? -pid : (script ?? pid), signal)
      await exitOf(child)
      running.delete(child)
      await expect.poll(() => processesOf(pid), { timeout: 10_000 }).toEqual([])
      await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow()
    },
  }
}

/** Starts in vain. @returns what is printed, without npm's own lines */
async function fail(env: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const { child, output } = launch({
    PORT: String(await freePort()),
    EMULATOR_PORT: String(await freePort()),
    ...env,
  })
  expect(await exitOf(child)).toBe(1)
  return output()
    .split('\n')
    .filter((line) => line && !line.startsWith('>') && !line.startsWith('npm '))
}

/** What one `npm start` has started and is still alive. */
function processesOf(pid: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((one) => readProc(one, 'environ').includes(`\0${MARK}=${marks.get(pid)}\0`))
}

function commandOf(pid: number): string {
  return readProc(pid, 'cmdline').replaceAll('\0', ' ').trim()
}

/** Empty once the process is gone. */
function readProc(pid: number, file: 'environ' | 'cmdline'): string {
  try {
    return `\0${readFileSync(`/proc/${pid}/${file}`, 'utf8')}`
  } catch {
    return ''
  }
}

function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode)
  return new Promise((resolve) => child.once('exit', resolve))
}
