/**
 * `npm start`: runs Easel in a process group of its own, and sees to it that nothing of it outlives this process.
 *
 * A signal to npm, to the terminal's group or to this process alone stops all of it; so does the death of any of them.
 */
import { execFileSync, fork } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const

/** How often to look whether npm is gone: nothing tells this process. */
const NPM_CHECK_MS = 200

const run = fork(fileURLToPath(new URL('start/run.ts', import.meta.url)), {
  // A group of its own, so that killing it ends workerd as well. Windows would open a window for it.
  detached: process.platform !== 'win32',
})
let isStopping = false

for (const signal of SIGNALS) process.on(signal, stop)
const { ppid } = process
const npm = parentOfShell(ppid) ?? ppid
setInterval(() => {
  if ((process.ppid !== ppid || !isAlive(npm)) && !isStopping) stop()
}, NPM_CHECK_MS).unref()

run.once('exit', (code, signal) => {
  killGroup()
  process.exitCode = code ?? (signal === null ? 0 : 1)
})

/** The first time, asks it to stop: it ends when the channel does. The second time, kills it. */
function stop(): void {
  if (isStopping) killGroup()
  else if (run.connected) run.disconnect()
  isStopping = true
}

function killGroup(): void {
  if (run.pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? run.pid : -run.pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}

/** npm runs scripts through a shell, which passes on no signals and outlives npm; `undefined` when it is no shell. */
function parentOfShell(pid: number): number | undefined {
  if (process.platform === 'win32') return undefined
  try {
    const [, parent, command = ''] =
      /(\d+)\s+(.+)/.exec(execFileSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)]).toString()) ?? []
    return process.env['npm_lifecycle_event'] && /\bsh$/.test(command.trim()) ? Number(parent) : undefined
  } catch {
    // No ps, as in small containers.
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
