import type { Page } from 'playwright-core'
import * as z from 'zod'

const traceSchema = z.object({
  traceEvents: z.array(
    z.object({
      name: z.string(),
      pid: z.number(),
      tid: z.number(),
      /** Processor time, microseconds. */
      tdur: z.number().optional(),
      args: z.object({ name: z.string().optional() }).optional(),
    }),
  ),
})

/**
 * Runs something on a page, and finds the longest task of its main thread meanwhile.
 *
 * @returns what it gave, and milliseconds of processor time
 */
export async function longestTaskMs<T>(page: Page, run: () => Promise<T>): Promise<readonly [T, number]> {
  const browser = page.context().browser()
  if (!browser) throw new Error('the page has no browser')
  await browser.startTracing(page, { categories: ['toplevel'] })
  const result = await run()
  const { traceEvents } = traceSchema.parse(JSON.parse((await browser.stopTracing()).toString()))
  const isMainThread = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  )
  const tasks = traceEvents.filter(
    ({ name, pid, tid }) => name === 'ThreadControllerImpl::RunTask' && isMainThread.has(`${pid} ${tid}`),
  )
  return [result, Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1000]
}
