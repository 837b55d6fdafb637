import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { createTestHarness } from 'wrangler'
import type { WayName } from './ways.ts'

// No request of wrangler's own.
process.env['CLOUDFLARE_CF_FETCH_ENABLED'] = 'false'
process.env['WRANGLER_SEND_METRICS'] = 'false'

/** How often memory is looked at, milliseconds. */
const LOOK_EVERY_MS = 2

export async function startWorkerd() {
  const before = new Set(workerdProcesses())
  const harness = createTestHarness({ workers: [{ configPath: './bench/decode.toml' }] })
  const { url } = await harness.listen()
  const processes = workerdProcesses().filter((id) => !before.has(id))

  async function ask(way: WayName | 'nothing', bytes: number, times: number): Promise<number> {
    const start = performance.now()
    const response = await fetch(new URL(`/?way=${way}&bytes=${bytes}&times=${times}`, url))
    if (!response.ok) throw new Error(`${way} in workerd: ${response.status} ${await response.text()}`)
    await response.text()
    return performance.now() - start
  }

  return {
    /** Milliseconds for one decode. Time stands still inside workerd while it computes, so it is taken outside. */
    async time(way: WayName, bytes: number, times: number): Promise<number> {
      const nothing = await ask('nothing', bytes, times)
      return ((await ask(way, bytes, times)) - nothing) / times
    },
    /** How far the resident memory grows for one decode, bytes. Only the first in a process says much. */
    async memory(way: WayName, bytes: number): Promise<number> {
      await ask(way, 2 ** 20, 3)
      const start = residentBytes(processes)
      let peak = start
      const finished = new AbortController()
      const look = async (): Promise<void> => {
        while (!finished.signal.aborted) {
          peak = Math.max(peak, residentBytes(processes))
          await pause(LOOK_EVERY_MS)
        }
      }
      await Promise.all([look(), ask(way, bytes, 1).finally(() => finished.abort())])
      return Math.max(peak, residentBytes(processes)) - start
    },
    close: () => harness.close(),
  }
}

/** Linux only; elsewhere there is nothing to look at. */
function workerdProcesses(): number[] {
  try {
    return readdirSync('/proc')
      .map(Number)
      .filter((id) => id > 0 && nameOf(id) === 'workerd' && isOurs(id))
  } catch {
    return []
  }
}

function isOurs(id: number): boolean {
  for (let at = id; at > 1; at = Number(statusOf(at, 'PPid'))) if (at === process.pid) return true
  return false
}

function nameOf(id: number): string {
  return statusOf(id, 'Name')
}

function residentBytes(ids: readonly number[]): number {
  return ids.reduce((sum, id) => sum + Number.parseInt(statusOf(id, 'VmRSS') || '0', 10) * 1024, 0)
}

function statusOf(id: number, field: string): string {
  try {
    return new RegExp(`^${field}:\\s*(.*)$`, 'm').exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? ''
  } catch {
    return ''
  }
}
