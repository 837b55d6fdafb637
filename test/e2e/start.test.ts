import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { serveEmulator } from '../../emulator/serve.ts'
import { freePort } from '../support/free-port.ts'

const ROOT = join(import.meta.dirname, '../..')
const running = new Set<ChildProcess>()
let stateDir: string

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'easel-start-'))
})

afterEach(() => {
  for (const { pid = 0 } of running) if (isGroupAlive(pid)) process.kill(-pid, 'SIGKILL')
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
    const bytes = await generated.arrayBuffer()
    const usage = `http://127.0.0.1:${port}/v1/usage`
    expect((await fetch(usage)).status).toBe(401)
    expect((await fetch(usage, { headers: { Authorization: `Bearer ${token}` } })).status).toBe(200)
    await expect.poll(() => generatedIn(first.output())).toHaveLength(1)
    const [, image = ''] = /(http\S+)/.exec(generatedIn(first.output())[0] ?? '') ?? []
    expect(await (await fetch(image)).arrayBuffer()).toEqual(bytes)
    await first.stop('SIGTERM')

    const second = await start({ PORT: port, EMULATOR_PORT: emulatorPort })
    const cached = await fetch(url)
    expect(cached.headers.get('cache-status')).toBe('Easel; hit')
    expect(await cached.arrayBuffer()).toEqual(bytes)
    const journal = await fetch(`http://127.0.0.1:${emulatorPort}/emulator/requests`)
    expect(await journal.json()).toEqual([])
    expect(second.output()).toContain(`Token: ${token}\n`)
    expect(generatedIn(second.output())).toEqual([])
    await second.stop('SIGINT')
  })

  it('starts the emulator on the port after PORT', async () => {
    const port = await freePairOfPorts()
    const easel = await start({ PORT: port, EMULATOR_PORT: '' })

    expect(easel.output()).toContain(`The emulator at http://127.0.0.1:${port + 1}/api/v1 generates`)
    expect(easel.output()).not.toContain('Warning')
    await easel.stop('SIGINT')
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
    expect((await stat(join(state, 'credentials.json'))).mode & 0o777).toBe(0o600)
    await first.stop('SIGINT')

    const second = await start({ ...env, EASEL_ACCESS: 'open' })
    expect(second.output()).toContain(`Token: ${token}\n`)
    // On the error stream, which may arrive after the line that says that Easel is ready.
    await expect
      .poll(() => second.output())
      .toMatch(/^Warning: EASEL_ACCESS is open\..*EASEL_DAILY_BUDGET_USD/m)
    expect((await fetch(`${unsigned}&seed=2`)).status).toBe(200)
    expect(exampleIn(second.output())).not.toContain('sig=')
    await second.stop('SIGINT')
    await Promise.all([openRouter.close(), rm(state, { recursive: true })])
  })

  it.each(['PORT', 'EMULATOR_PORT'])('says which port is taken, and that %s changes it', async (variable) => {
    const port = await freePort()
    const blocker = createServer().listen(port, '127.0.0.1')
    await once(blocker, 'listening')
    const { child, output } = launch({
      PORT: String(await freePort()),
      EMULATOR_PORT: String(await freePort()),
      [variable]: String(port),
    })
    const code = await exitOf(child)
    blocker.close()

    expect(code).toBe(1)
    const lines = output()
      .split('\n')
      .filter((line) => line && !line.startsWith('>') && !line.startsWith('npm '))
    expect(lines).toEqual([expect.stringMatching(new RegExp(`Port ${port} is in use.*${variable}`))])
  })
})

/** Runs `npm start` in a process group of its own, so that processes left behind can be found. */
function launch(env: Record<string, string>): {
  readonly child: ChildProcess
  readonly output: () => string
} {
  const child = spawn('npm', ['start'], {
    cwd: ROOT,
    detached: true,
    env: { ...process.env, STATE_DIR: stateDir, OPENROUTER_API_KEY: '', ...env },
  })
  running.add(child)
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

async function freePairOfPorts(): Promise<number> {
  for (;;) {
    const port = await freePort()
    const blocker = createServer().listen(port + 1, '127.0.0.1')
    const isFree = await Promise.race([
      once(blocker, 'listening').then(() => true),
      once(blocker, 'error').then(() => false),
    ])
    blocker.close()
    if (isFree) return port
  }
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
    async stop(signal: 'SIGTERM' | 'SIGINT') {
      // A terminal's Ctrl-C reaches the whole group; a service manager's SIGTERM only npm.
      const { pid = 0 } = child
      process.kill(signal === 'SIGINT' ? -pid : pid, signal)
      await exitOf(child)
      running.delete(child)
      await expect.poll(() => isGroupAlive(pid), { timeout: 5000 }).toBe(false)
      await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow()
    },
  }
}

function isGroupAlive(pid: number): boolean {
  try {
    return process.kill(-pid, 0)
  } catch {
    return false
  }
}

function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode)
  return new Promise((resolve) => child.once('exit', resolve))
}
