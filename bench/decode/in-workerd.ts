import { createTestHarness } from 'wrangler'
import { memoryRise, withProcesses } from '../support/processes.ts'
import type { WayName } from './ways.ts'

// No request of wrangler's own.
process.env['CLOUDFLARE_CF_FETCH_ENABLED'] = 'false'
process.env['WRANGLER_SEND_METRICS'] = 'false'

export async function startWorkerd() {
  const harness = createTestHarness({ workers: [{ configPath: './bench/decode.toml' }] })
  const [{ url }, processes] = await withProcesses(() => harness.listen())

  async function run(way: WayName | 'nothing', bytes: number, times: number): Promise<number> {
    const start = performance.now()
    const response = await fetch(new URL(`/?way=${way}&bytes=${bytes}&times=${times}`, url))
    if (!response.ok) throw new Error(`${way} in workerd: ${response.status} ${await response.text()}`)
    await response.text()
    return performance.now() - start
  }

  return {
    /** Milliseconds for one decode. Clocks stand still inside workerd while it computes, so it is timed from outside. */
    async time(way: WayName, bytes: number, times: number): Promise<number> {
      const nothing = await run('nothing', bytes, times)
      return ((await run(way, bytes, times)) - nothing) / times
    },
    /** Growth of the resident memory during one decode, bytes. Only the first one in a process is meaningful. */
    async memory(way: WayName, bytes: number): Promise<number> {
      await run(way, 2 ** 20, 3)
      return (await memoryRise(processes, () => run(way, bytes, 1))) * 1e6
    },
    close: () => harness.close(),
  }
}
