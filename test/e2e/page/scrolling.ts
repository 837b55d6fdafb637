import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import type { InBrowser } from '../../support/in-browser.ts'
import { TOKENS } from '../../support/worker/easel.ts'
import { listEntry } from '../../support/worker/seed-list.ts'
import { longestTaskMs } from './main-thread.ts'

const IMAGES = 2000

/** At 60 a second, milliseconds, and the accuracy of the browser's clock. */
const FRAME_MS = 1000 / 60 + 0.2

/** What the platform calls a long task: an input that comes while it runs has to wait noticeably. */
const LONG_TASK_MS = 50

export function testScrolling(running: InBrowser): void {
  describe('two thousand images in the gallery', () => {
    it('scroll as smoothly as an empty page, with the memory of a screen', async () => {
      await using opened = await running.open('/?view=gallery', { token: TOKENS.docs })
      const { page } = opened
      await page.route('**/i/*', (route) =>
        route.fulfill({ contentType: 'image/png', body: Buffer.from(PIXEL, 'base64') }),
      )
      // Storing thousands takes longer than all these tests; the list itself has tests of its own.
      await page.route('**/v1/images?*', (route) =>
        route.fulfill({ json: seededPage(route.request().url()) }),
      )
      await page.reload()
      await page.getByRole('button', { name: /Seeded 1999/ }).waitFor()

      const before = await memoryOf(page)
      const [intervals, longestMs] = await longestTaskMs(page, () => page.evaluate<number[]>(SCROLL_TO_END))
      const after = await memoryOf(page)
      await page.getByText(`${IMAGES} images`).waitFor()
      await page.getByRole('button', { name: /Seeded 0\b/ }).waitFor()

      // What the machine gives while other tests run on it, too.
      await using empty = await running.open('about:blank')
      await empty.page.evaluate(`document.body.style.height = '60000px'`)
      const idle = median(await empty.page.evaluate<number[]>(SCROLL_TO_END))

      expect(median(intervals)).toBeLessThanOrEqual(Math.max(FRAME_MS, idle * 1.1))
      // In processor time: a task that another program interrupts isn't longer.
      expect(longestMs).toBeLessThan(LONG_TASK_MS)
      expect(await page.locator('.tiles li').count()).toBeLessThan(100)
      expect(after.nodes).toBeLessThan(before.nodes + 500)
      expect(after.heap - before.heap).toBeLessThan(8_000_000)
    })
  })
}

/** A PNG of one pixel. */
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

/** A page of a list of so many images, whose cursors are positions. */
function seededPage(url: string): object {
  const { searchParams } = new URL(url)
  const [start, limit] = [Number(searchParams.get('cursor') ?? 0), Number(searchParams.get('limit'))]
  const images = Array.from({ length: Math.min(limit, IMAGES - start) }, (_, index) => {
    const n = IMAGES - 1 - start - index
    const { fingerprint } = listEntry(n)
    return {
      fingerprint,
      url: new URL(`/i/${fingerprint}.png`, url).href,
      prompt: `Seeded ${n}`,
      model: 'openai/gpt-image-1',
      cost_usd: 0.04,
      created: '2026-01-01T00:00:00.000Z',
      width: 1024,
      height: 1024,
      bytes: 1000,
      media_type: 'image/png',
    }
  })
  const next = start + images.length
  return { images, ...(next < IMAGES && { cursor: String(next) }) }
}

/** Scrolls like a fling: most of a screen each frame, until there is no more. Gives the times between frames, ms. */
const SCROLL_TO_END = `new Promise((resolve) => {
  const intervals = []
  let still = 0
  let last
  const step = (now) => {
    if (last !== undefined) intervals.push(now - last)
    last = now
    const before = scrollY
    scrollBy(0, 600)
    still = scrollY === before ? still + 1 : 0
    if (still > 90) resolve(intervals)
    else requestAnimationFrame(step)
  }
  requestAnimationFrame(step)
})`

async function memoryOf(page: Page): Promise<{ readonly heap: number; readonly nodes: number }> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('HeapProfiler.collectGarbage')
  const { usedSize: heap } = await cdp.send('Runtime.getHeapUsage')
  const nodes = await page.evaluate<number>(`document.querySelectorAll('*').length`)
  await cdp.detach()
  return { heap, nodes }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
