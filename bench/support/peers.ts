import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort } from '../../test/support/free-port.ts'

const BENCH = join(import.meta.dirname, '..')
const MODULES = join(BENCH, 'node_modules')
const IPX = join(MODULES, 'ipx', 'bin', 'ipx.mjs')
const PORTKEY = join(MODULES, '@portkey-ai', 'gateway', 'build', 'start-server.js')

const START_TIMEOUT_MS = 20_000

export interface Peer {
  readonly url: string
  close(): Promise<void>
}

/**
 * Installs the programs that Easel is compared with, if needed: they are dependencies of this folder alone.
 *
 * @param quick  only says so, and installs nothing
 * @returns whether they are installed
 */
export async function havePeers(note: (line: string) => void, quick = false): Promise<boolean> {
  if (existsSync(IPX) && existsSync(PORTKEY)) return true
  if (quick) {
    note('ipx and @portkey-ai/gateway are not installed: their rows are left out. A full run installs them.')
    return false
  }
  note('Installing ipx and @portkey-ai/gateway: npm ci --ignore-scripts in bench/ …')
  try {
    await promisify(execFile)('npm', ['ci', '--ignore-scripts'], { cwd: BENCH })
    return true
  } catch {
    note('They could not be installed: their rows are left out.')
    return false
  }
}

/** The image server ipx, over the files of a folder. */
export async function startIpx(folder: string): Promise<Peer> {
  const port = await freePort()
  return start(
    [IPX, 'serve', '--dir', folder, '--port', String(port), '--host', '127.0.0.1'],
    `http://127.0.0.1:${port}`,
  )
}

/** The Portkey gateway, which forwards to the upstream in a request's headers. */
export async function startPortkey(): Promise<Peer> {
  const port = await freePort()
  return start([PORTKEY, `--port=${port}`, '--headless'], `http://127.0.0.1:${port}`)
}

async function start(args: readonly string[], url: string): Promise<Peer> {
  const child = spawn(process.execPath, args, { stdio: 'ignore' })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const deadline = performance.now() + START_TIMEOUT_MS
  while (!(await responds(url))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      child.kill()
      throw new Error(`${args[0]} did not start`)
    }
    await pause(50)
  }
  return {
    url,
    async close() {
      child.kill()
      await exited
    },
  }
}

async function responds(url: string): Promise<boolean> {
  try {
    await (await fetch(url)).body?.cancel()
    return true
  } catch {
    return false
  }
}
