import { mkdir } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM, launchBrowser } from '../support/browser.ts'
import { axeFindings, openPage, type PageOptions } from '../support/page.ts'
import { CREDENTIALS, type RunningEasel, startEasel, TOKENS } from '../support/worker/easel.ts'
import { listEntry } from '../support/worker/seed-list.ts'

const TIMEOUT_MS = 30_000

let easel: RunningEasel
let browser: Browser

describe.skipIf(!CHROMIUM)(
  'the page in Chromium (skipped where there is none)',
  { timeout: TIMEOUT_MS },
  () => {
    beforeAll(async () => {
      ;[easel, browser] = await Promise.all([
        startEasel({
          vars: { ...CREDENTIALS, EASEL_ACCESS: 'signed', EASEL_DAILY_BUDGET_USD: '20' },
        }),
        launchBrowser(),
      ])
    }, TIMEOUT_MS)

    afterAll(() => Promise.all([easel?.close(), browser?.close()]))

    describe('the playground', () => {
      it('says what it would cost, asks for a token, generates, and gives what to paste', async () => {
        await using opened = await open('/')
        const { page } = opened
        await page.getByLabel('Prompt').fill('A red fox in the snow')
        await page.locator('label.choice', { hasText: '3:2' }).click()
        await page.locator('#estimate', { hasText: /About \$0\.\d+/ }).waitFor()
        expect(easel.generations('A red fox')).toEqual([])
        await page.getByRole('button', { name: 'Generate' }).click()
        await page.getByLabel('One of EASEL_TOKENS').fill(TOKENS.docs)
        await page.getByRole('button', { name: 'Use token' }).click()

        await page.getByText(/^Generated for \$/).waitFor()
        await expectLoaded(page, '.result img')
        expect(page.url()).toBe(
          new URL(
            '/?prompt=A+red+fox+in+the+snow&model=google%2Fgemini-3.1-flash-image&aspect_ratio=3%3A2',
            easel.url,
          ).href,
        )
        await page.getByRole('button', { name: 'Copy URL', exact: true }).click()
        const copied = await page.evaluate<string>('navigator.clipboard.readText()')
        expect((await fetch(copied)).headers.get('content-type')).toBe('image/png')
        await page.getByRole('tab', { name: 'Signed URL' }).click()
        await page.getByRole('button', { name: 'Sign', exact: true }).click()
        await page.getByText(/&sig=/).waitFor()
        expect(easel.generations('A red fox')).toHaveLength(1)
        expect(await axeFindings(page)).toEqual([])
      })

      it('shows previews while the model works, and what is billed when nobody waits', async () => {
        await using opened = await open('/', { token: TOKENS.docs })
        const { page } = opened
        await page.evaluate(COUNT_PREVIEWS)
        easel.upstream.setFaults([{ match: 'Watched', latencyMs: 1500 }])
        await page.getByLabel('Prompt').fill('Watched')
        await page.locator('#model').selectOption('openai/gpt-image-1')
        await page.getByRole('button', { name: 'Generate' }).click()
        await page.getByRole('button', { name: 'Stop waiting' }).waitFor()
        await page.getByText('1 s').waitFor()
        await page.getByRole('button', { name: 'Stop waiting' }).click()
        await page.getByText(/still being generated and will be billed/).waitFor()
        await page.getByRole('button', { name: 'Wait for it again' }).click()

        await page.locator('.result img').waitFor()
        expect(await page.evaluate<number>('previews')).toBeGreaterThan(0)
        expect(easel.generations('Watched')).toHaveLength(1)
      })

      it('shows exactly the fields that the model has', async () => {
        await using opened = await open('/')
        const { page } = opened
        await page.locator('#model-facts p').first().waitFor()
        await page.getByText('More options').click()
        expect(await page.locator('[data-field=quality]').isVisible()).toBe(false)
        await page.locator('#model').selectOption('openai/gpt-image-1')
        expect(await page.locator('[data-field=quality]').isVisible()).toBe(true)
        expect(await page.locator('[data-field=rgb_colors]').isVisible()).toBe(false)
        await page.locator('#model').selectOption('recraft/recraft-v3')
        expect(await page.locator('[data-field=rgb_colors]').isVisible()).toBe(true)
      })

      it('says what is wrong beside the field, and keeps working offline', async () => {
        await using opened = await open('/', { token: TOKENS.docs })
        const { page } = opened
        await page.getByRole('button', { name: 'Generate' }).click()
        await page.locator('#prompt-error', { hasText: 'Say in a few words' }).waitFor()
        expect(await page.getByLabel('Prompt').getAttribute('aria-invalid')).toBe('true')

        await page.getByLabel('Prompt').fill('It can’t')
        easel.upstream.setFaults([{ match: 'It can’t', status: 402 }])
        await page.getByRole('button', { name: 'Generate' }).click()
        await page.getByRole('alert').getByText('credits_exhausted').waitFor()
        expect(await axeFindings(page)).toEqual([])

        await page.context().setOffline(true)
        await page.getByRole('button', { name: 'Try again' }).click()
        await page.getByRole('alert').getByText('Easel can’t be reached').waitFor()
      })

      it('takes files that are chosen, and generates from them', async () => {
        await using opened = await open('/', { token: TOKENS.docs })
        const { page } = opened
        const create = { width: 512, height: 512, channels: 3, background: '#a63d22' } as const
        const buffer = await sharp({ create }).png().toBuffer()
        await page.getByLabel('Prompt').fill('From a file')
        await page.setInputFiles('#file', { name: 'dot.png', mimeType: 'image/png', buffer })
        await page.getByText('dot.png', { exact: true }).waitFor()
        await page.getByRole('button', { name: 'Generate' }).click()
        await page.locator('.result img').waitFor()
        expect(JSON.stringify(easel.generations('From a file')[0]?.body)).toContain(buffer.toString('base64'))
        expect(page.url()).not.toContain('data')
      })
    })

    describe('the gallery', () => {
      it('finds images again, shows all about one, and purges it after asking', async () => {
        for (const prompt of ['Gallery: a boat', 'Gallery: an owl']) await generate(prompt)
        await using opened = await open('/?view=gallery', { token: TOKENS.docs })
        const { page } = opened
        await page.getByLabel('Search').fill('gallery owl')
        await expect.poll(() => page.locator('.tiles li').count()).toBe(1)
        await expectLoaded(page, '.tiles img')
        expect(await axeFindings(page)).toEqual([])
        await page.getByRole('button', { name: /Gallery: an owl/ }).click()
        const dialog = page.getByRole('dialog')
        await dialog.getByText('Fingerprint').waitFor()
        expect(await axeFindings(page)).toEqual([])
        await dialog.getByRole('button', { name: 'Purge' }).click()
        await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click()
        await dialog.getByRole('button', { name: 'Purge' }).click()
        await page.getByRole('alertdialog').getByRole('button', { name: 'Purge' }).click()

        await page.getByText('Nothing found').waitFor()
        await page.getByRole('button', { name: 'Show all' }).click()
        await page.getByRole('button', { name: /Gallery: a boat/ }).waitFor()
        expect(await page.getByRole('button', { name: /Gallery: an owl/ }).count()).toBe(0)
        expect(page.url()).not.toContain(TOKENS.docs)
      })

      it('scrolls through two thousand images at 60 frames, with the memory of a screen', async () => {
        await using opened = await open('/?view=gallery', { token: TOKENS.docs })
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
        const cdp = await page.context().newCDPSession(page)
        // In processor time: other programs have the machine, too.
        await cdp.send('Performance.enable', { timeDomain: 'threadTicks' })
        const heap = async () => {
          await cdp.send('HeapProfiler.collectGarbage')
          return (await metrics(cdp))['JSHeapUsedSize'] ?? 0
        }
        const before = { heap: await heap(), work: (await metrics(cdp))['TaskDuration'] ?? 0 }
        const frames = await page.evaluate<number>(SCROLL_TO_END)
        const after = { work: (await metrics(cdp))['TaskDuration'] ?? 0, heap: await heap() }

        await page.getByText(/2000 images/).waitFor()
        await page.getByRole('button', { name: /Seeded 0\b/ }).waitFor()
        expect(await page.locator('.tiles li').count()).toBeLessThan(100)
        expect(after.heap - before.heap).toBeLessThan(8_000_000)
        // Seconds of work for each frame; a sixtieth is all that there is.
        expect((after.work - before.work) / frames).toBeLessThan(1 / 60)
      })
    })

    describe('spending', () => {
      it('is shown by day, model and token, with what is left', async () => {
        await generate('Spent')
        await using opened = await open('/?view=spend', { token: TOKENS.docs })
        const { page } = opened
        await page.getByText(/of \$20\.00 left/).waitFor()
        await page.getByRole('img', { name: /Spending by day/ }).waitFor()
        await page.getByRole('rowheader', { name: 'docs' }).waitFor()
        expect(await axeFindings(page)).toEqual([])
      })
    })

    it('works by keyboard alone', async () => {
      await using opened = await open('/', { token: TOKENS.docs })
      const { page } = opened
      await page.getByLabel('Prompt').focus()
      await page.keyboard.type('By keyboard')
      await page.keyboard.press('Control+Enter')
      await page.locator('.result img').waitFor()
      await page.getByRole('tab', { name: 'URL', exact: true }).focus()
      await page.keyboard.press('ArrowRight')
      expect(await page.getByRole('tab', { name: '<img>' }).getAttribute('aria-selected')).toBe('true')
      await page.getByText(/srcset=/).waitFor()
    })

    it('works without script', async () => {
      await using opened = await open('/', { javaScriptEnabled: false })
      const { page } = opened
      await page.getByLabel('Prompt').fill('No script at all')
      await page.getByLabel('Token').fill(TOKENS.docs)
      await page.getByRole('button', { name: 'Generate' }).click()
      await page.locator('figure.result img').waitFor()
      expect(easel.generations('No script at all')).toHaveLength(1)
    })

    it.each([
      ['light', 'with a token', TOKENS.docs],
      ['dark', 'without a token', undefined],
    ] as const)('fits a small phone, %s, %s, and axe finds nothing', async (colorScheme, _, token) => {
      const viewport = { width: 320, height: 640 }
      await using opened = await open('/', { colorScheme, viewport, ...(token && { token }) })
      const { page } = opened
      for (const view of ['Playground', 'Gallery', 'Spend']) {
        await page.getByRole('link', { name: view, exact: true }).click()
        await page.getByRole('heading', { level: 1, name: view }).waitFor()
        expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320)
        expect(await axeFindings(page)).toEqual([])
      }
      const refusals = await page.getByText(/^(The gallery|Spending) takes a token/).count()
      expect(refusals > 0).toBe(token === undefined)
    })

    it('shows the API at /docs under a strict policy', async () => {
      await using opened = await open('/docs')
      const { page } = opened
      await page.getByText('Any spec as JSON; generated once').click()
      await page.getByText('Request body').waitFor()
      expect(opened.problems).toEqual([])
    })

    it('has its screenshots taken for the docs', async ({ skip }) => {
      skip(!process.env['UPDATE_DOCS'], 'only with UPDATE_DOCS=1')
      await mkdir('docs/img', { recursive: true })
      await using opened = await open('/?prompt=A+lighthouse+at+dusk&aspect_ratio=3:2', {
        token: TOKENS.docs,
        deviceScaleFactor: 1.5,
      })
      const { page } = opened
      await page.getByRole('button', { name: 'Generate' }).click()
      await expectLoaded(page, '.result img')
      await page.evaluate('scrollTo(0, 0)')
      await page.screenshot({ path: 'docs/img/playground.png' })
      await page.getByRole('link', { name: 'Spend' }).click()
      await page.getByRole('img', { name: /Spending by day/ }).waitFor()
      await page.screenshot({ path: 'docs/img/spend.png' })
      expect(opened.problems).toEqual([])
    })
  },
)

/** A PNG of one pixel. */
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

/** A page of a list of two thousand images, whose cursors are positions. */
function seededPage(url: string): object {
  const { searchParams } = new URL(url)
  const [start, limit] = [Number(searchParams.get('cursor') ?? 0), Number(searchParams.get('limit'))]
  const images = Array.from({ length: Math.min(limit, 2000 - start) }, (_, index) => {
    const n = 1999 - start - index
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
  return { images, ...(next < 2000 && { cursor: String(next) }) }
}

/** Counts the previews that are shown, however short. */
const COUNT_PREVIEWS = `
  globalThis.previews = 0
  new MutationObserver(() => {
    if (document.querySelector('.canvas img[src^="data:image/"]')) previews++
  }).observe(document.querySelector('#stage'), { childList: true, subtree: true })
`

/** Scrolls like a fling: most of a screen each frame, until nothing more is loaded. Gives the number of frames. */
const SCROLL_TO_END = `new Promise((resolve) => {
  let frames = 0
  let still = 0
  const step = () => {
    frames++
    const before = scrollY
    scrollBy(0, 600)
    still = scrollY === before ? still + 1 : 0
    if (still > 90) resolve(frames - still)
    else requestAnimationFrame(step)
  }
  step()
})`

function open(path: string, options?: PageOptions) {
  return openPage(browser, new URL(path, easel.url), options)
}

async function generate(prompt: string): Promise<void> {
  const headers = { Authorization: `Bearer ${TOKENS.docs}` }
  expect((await easel.post('/v1/images', { prompt }, { headers })).status).toBe(200)
}

/** Waits until an image has pixels. */
async function expectLoaded(page: Page, selector: string): Promise<void> {
  await page.locator(selector).first().waitFor()
  await expect
    .poll(() => page.evaluate<number>(`document.querySelector('${selector}')?.naturalWidth ?? 0`))
    .toBeGreaterThan(0)
}

async function metrics(cdp: Awaited<ReturnType<ReturnType<Page['context']>['newCDPSession']>>) {
  const { metrics: found } = await cdp.send('Performance.getMetrics')
  return Object.fromEntries(found.map(({ name, value }) => [name, value]))
}
