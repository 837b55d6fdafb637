import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { stat, unlink, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isErrno } from './safe-path.ts'
import { closeStateFolder, openStateFolder, stateFolderIn } from './state-folder.ts'
import { removeTemporaryFiles, writeAtomic } from './write-atomic.ts'

const NAME = 'running.json'
const HEARTBEAT_MS = 10_000
/** A process that has not said for so long that it lives is dead, or was asleep with its machine. */
const STALE_MS = 60_000
/** A process that created the file and has not written it for so long was killed. */
const UNWRITTEN_MS = 1000
const ASK_AGAIN_MS = 200
/** Longer than another process needs from seeing a stale file to replacing it. */
const TAKEOVER_MS = 100

interface Holder {
  readonly pid: number
  readonly host: string
  readonly token: string
}

export interface Alone extends AsyncDisposable {
  /** False once another command took over: to it, a process that was suspended for long looks dead. */
  isAlone(): boolean
}

/**
 * Waits until no other command changes this workspace, and keeps others waiting until it is disposed of. A process
 * that was killed holds up nobody.
 *
 * @param onWait  called once, if there is another command
 * @throws a system error when the state folder can't be written
 */
export async function workAlone(
  root: string,
  { onWait = () => {} }: { readonly onWait?: (pid: number) => void } = {},
): Promise<Alone> {
  let hasWaited = false
  for (;;) {
    const alone = await workAloneNow(root)
    if (alone) return alone
    const holder = readHolder(pathIn(root))
    if (holder && !hasWaited) onWait(holder.pid)
    hasWaited = true
    await delay(ASK_AGAIN_MS)
  }
}

/** The same without waiting. @returns `undefined` when another command is at work */
export async function workAloneNow(root: string): Promise<Alone | undefined> {
  const path = pathIn(root)
  const own: Holder = { pid: process.pid, host: hostname(), token: randomUUID() }
  if (!(await acquire(root, path, own))) return undefined
  await removeTemporaryFiles(await openStateFolder(root))
  const isAlone = (): boolean => readHolder(path)?.token === own.token
  const heartbeat = setInterval(() => {
    const now = new Date()
    if (isAlone()) utimes(path, now, now).catch(() => {})
  }, HEARTBEAT_MS).unref()
  return {
    isAlone,
    async [Symbol.asyncDispose]() {
      clearInterval(heartbeat)
      if (isAlone()) await unlink(path).catch(() => {})
      await closeStateFolder(root)
    },
  }
}

function pathIn(root: string): string {
  return join(stateFolderIn(root), NAME)
}

async function acquire(root: string, path: string, own: Holder): Promise<boolean> {
  const text = JSON.stringify(own)
  try {
    await openStateFolder(root)
  } catch (error) {
    // Whoever had it is done, and has removed the folder.
    if (isErrno(error, 'ENOENT')) return false
    throw error
  }
  try {
    await writeFile(path, text, { flag: 'wx' })
    return true
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false
    if (!isErrno(error, 'EEXIST')) throw error
  }
  if (!(await isStale(path, own))) return false
  await writeAtomic(path, text)
  // Somebody else may have seen the same stale file: the last to replace it has it.
  await delay(TAKEOVER_MS)
  return readHolder(path)?.token === own.token
}

async function isStale(path: string, own: Holder): Promise<boolean> {
  const holder = readHolder(path)
  if (holder?.host === own.host && !isAlive(holder.pid)) return true
  try {
    const ageMs = Date.now() - (await stat(path)).mtimeMs
    return ageMs > (holder ? STALE_MS : UNWRITTEN_MS)
  } catch {
    return false
  }
}

/** `undefined`: gone meanwhile, or not written yet. */
function readHolder(path: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return isHolder(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isHolder(value: unknown): value is Holder {
  return typeof value === 'object' && value !== null && 'pid' in value && typeof value.pid === 'number'
}

function isAlive(pid: number): boolean {
  // A new process with the number of the one that was killed, as in a container that was restarted.
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !isErrno(error, 'ESRCH')
  }
}
