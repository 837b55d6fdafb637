import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { naturalSize } from '../support/browser.ts'
import { describeInBrowser } from '../support/in-browser.ts'
import { startEasel } from '../support/worker/easel.ts'

/** The page that docs/delivery.md recommends. */
const EXAMPLE = /```html\n(<img\n.*?)```/s.exec(readFileSync('docs/delivery.md', 'utf8'))?.[1] ?? ''

describeInBrowser('the responsive image in the documentation', startEasel, (running) => {
  it.each([
    { screen: 'a phone', viewport: 320, dpr: 1, width: 320 },
    { screen: 'a sharp phone', viewport: 320, dpr: 2, width: 640 },
    { screen: 'a desktop', viewport: 1280, dpr: 1, width: 640 },
    { screen: 'a sharp desktop', viewport: 1280, dpr: 2, width: 1200 },
  ])('is loaded $width pixels wide, and in no other size, on $screen', async ({ viewport, dpr, width }) => {
    const { browser, easel } = running
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
    // With `srcset`, `naturalWidth` depends on the layout; of the file alone, it does not.
    expect(await naturalSize(browser, loaded[0]?.url.href ?? '')).toEqual([
      width,
      Math.round((width * 768) / 1344),
    ])
    await context.close()
  })

  it('is generated once for all of these screens', () => {
    expect(running.easel.generations()).toHaveLength(1)
  })
})
