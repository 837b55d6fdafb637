import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM, launchBrowser } from '../support/browser.ts'
import { type RunningEasel, startEasel } from '../support/worker/easel.ts'

describe.skipIf(!CHROMIUM)('in a browser', () => {
  let easel: RunningEasel
  let browser: Browser

  beforeAll(async () => {
    easel = await startEasel()
    browser = await launchBrowser()
  })

  afterAll(() => Promise.all([easel?.close(), browser?.close()]))

  it('an <img> with a prompt shows the image, at its size, from any page', async () => {
    const page = await browser.newPage()
    const src = new URL('/image?prompt=A+red+fox+in+the+snow&aspect_ratio=4:3', easel.url).href
    await page.setContent(`<img src="${src}" alt="A red fox in the snow">`)
    const size = await page.locator('img').evaluate(async (element) => {
      const image = element as unknown as {
        decode(): Promise<void>
        naturalWidth: number
        naturalHeight: number
      }
      await image.decode()
      return [image.naturalWidth, image.naturalHeight]
    })

    expect(size).toEqual([1184, 864])
    expect(easel.generations()).toHaveLength(1)
  })
})
