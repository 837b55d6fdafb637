import { readFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM, launchBrowser } from '../support/browser.ts'
import { type RunningEasel, startEasel } from '../support/worker/easel.ts'

/** The page that docs/delivery.md recommends, as it stands there. */
const EXAMPLE = /```html\n(<img\n.*?)```/s.exec(readFileSync('docs/delivery.md', 'utf8'))?.[1] ?? ''

describe.skipIf(!CHROMIUM)('the responsive image of the documentation', () => {
  let easel: RunningEasel
  let browser: Browser

  beforeAll(async () => {
    easel = await startEasel()
    browser = await launchBrowser()
  })

  afterAll(() => Promise.all([easel?.close(), browser?.close()]))

  it.each([
    { screen: 'a phone', viewport: 320, dpr: 1, width: 320 },
    { screen: 'a sharp phone', viewport: 320, dpr: 2, width: 640 },
    { screen: 'a desktop', viewport: 1280, dpr: 1, width: 640 },
    { screen: 'a sharp desktop', viewport: 1280, dpr: 2, width: 1200 },
  ])('is loaded $width pixels wide, and no other way, on $screen', async ({ viewport, dpr, width }) => {
    const context = await browser.newContext({
      viewport: { width: viewport, height: 800 },
      deviceScaleFactor: dpr,
    })
    const page = await context.newPage()
    const loaded: { url: URL; type: string | undefined }[] = []
    page.on('response', (response) => {
      const { 'content-type': type } = response.headers()
      loaded.push({ url: new URL(response.url()), type })
    })
    await page.setContent(EXAMPLE.replaceAll('https://img.example.com', easel.url.origin))
    const shown = await page.locator('img').evaluate(async (element) => {
      const image = element as unknown as { decode(): Promise<void>; currentSrc: string }
      await image.decode()
      return image.currentSrc
    })

    expect(loaded.map(({ url }) => url.searchParams.get('w'))).toEqual([String(width)])
    expect(new URL(shown).searchParams.get('w')).toBe(String(width))
    expect(loaded[0]?.type).toBe('image/avif')
    // What `naturalWidth` is of an image with `srcset` depends on the layout; of the bytes alone, it does not.
    expect(await naturalSize(loaded[0]?.url ?? easel.url)).toEqual([width, Math.round((width * 768) / 1344)])
    await context.close()
  })

  it('is generated once for all of them', () => {
    expect(easel.generations()).toHaveLength(1)
  })

  /** As the browser itself decodes the image, without a `srcset`. */
  async function naturalSize(url: URL): Promise<readonly [number, number]> {
    const page = await browser.newPage()
    await page.setContent(`<img src="${url.href}">`)
    const size = await page.locator('img').evaluate(async (element) => {
      const image = element as unknown as {
        decode(): Promise<void>
        naturalWidth: number
        naturalHeight: number
      }
      await image.decode()
      return [image.naturalWidth, image.naturalHeight] as const
    })
    await page.close()
    return size
  }
})
