import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
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

describe('npm start', () => {
  it('starts all of Easel, prints a command to try, still has its images after a restart, and leaves no process behind', async () => {
    const [port, emulatorPort] = [await freePort(), await freePort()]
    const first = await start(port, emulatorPort)
    expect(first.output()).toContain(`Easel is ready at http://127.0.0.1:${port}\n`)
    const [, url = ''] = /curl '([^']+)' -o/.exec(first.output()) ?? []
    const generated = await fetch(url)
    expect([generated.status, generated.headers.get('content-type')]).toEqual([200, 'image/png'])
    const bytes = await generated.arrayBuffer()
    await first.stop('SIGTERM')

    const second = await start(port, emulatorPort)
    const cached = await fetch(url)
    expect(cached.headers.get('cache-status')).toBe('Easel; hit')
    expect(await cached.arrayBuffer()).toEqual(bytes)
    const journal = await fetch(`http://127.0.0.1:${emulatorPort}/emulator/requests`)
    expect(await journal.json()).toEqual([])
    await second.stop('SIGINT')
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
    expect(lines).toEqual([expect.stringMatching(new RegExp(`Port ${port} is taken.*${variable}`))])
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

async function start(port: number, emulatorPort: number) {
  const { child, output } = launch({ PORT: String(port), EMULATOR_PORT: String(emulatorPort) })
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
