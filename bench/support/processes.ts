import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

// Process data from the operating system. Linux only: elsewhere there are no processes and all values are 0.

/** How often memory is sampled, milliseconds. */
const SAMPLE_EVERY_MS = 5
/** The kernel's unit of processor time, USER_HZ: the same on every Linux that Node runs on. */
const MS_PER_TICK = 10

/** The workerd processes among this process's descendants. */
export function workerdProcesses(): number[] {
  try {
    return readdirSync('/proc')
      .map(Number)
      .filter((id) => id > 0 && statusOf(id, 'Name') === 'workerd' && isOurs(id))
  } catch {
    return []
  }
}

/** Starts something, and finds the workerd processes that it starts. */
export async function withProcesses<T>(start: () => Promise<T>): Promise<readonly [T, readonly number[]]> {
  const before = workerdProcesses()
  const started = await start()
  return [started, workerdProcesses().filter((id) => !before.includes(id))]
}

/** The processor time that processes have used so far, milliseconds. */
export function cpuMs(ids: readonly number[]): number {
  return ids.reduce((sum, id) => sum + ticksOf(id) * MS_PER_TICK, 0)
}

/** The resident memory of processes, MB. */
export function residentMb(ids: readonly number[]): number {
  return ids.reduce((sum, id) => sum + (Number.parseInt(statusOf(id, 'VmRSS') || '0', 10) * 1024) / 1e6, 0)
}

/** How far the memory of processes rises during some work, MB. */
export async function memoryRise(ids: readonly number[], work: () => Promise<unknown>): Promise<number> {
  const start = residentMb(ids)
  let peak = start
  const finished = new AbortController()
  const sample = async (): Promise<void> => {
    while (!finished.signal.aborted) {
      peak = Math.max(peak, residentMb(ids))
      await pause(SAMPLE_EVERY_MS)
    }
  }
  await Promise.all([sample(), work().finally(() => finished.abort())])
  return Math.max(peak, residentMb(ids)) - start
}

function isOurs(id: number): boolean {
  for (let at = id; at > 1; at = Number(statusOf(at, 'PPid'))) if (at === process.pid) return true
  return false
}

function ticksOf(id: number): number {
  try {
    // After the name, which may hold spaces and brackets: state is field 3, utime 14, stime 15.
    const fields = readFileSync(`/proc/${id}/stat`, 'utf8').replace(/^.*\)/, '').trim().split(' ')
    return Number(fields[11]) + Number(fields[12])
  } catch {
    return 0
  }
}

function statusOf(id: number, field: string): string {
  try {
    return new RegExp(`^${field}:\\s*(.*)$`, 'm').exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? ''
  } catch {
    return ''
  }
}
