import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM, launchBrowser, naturalSize } from '../support/browser.ts'
import { type RunningEasel, startEasel } from '../support/worker/easel.ts'

describe.skipIf(!CHROMIUM)('in a browser (skipped where Chromium is not installed)', () => {
  let easel: RunningEasel
  let browser: Browser

  beforeAll(async () => {
    easel = await startEasel()
    browser = await launchBrowser()
  })

  afterAll(() => Promise.all([easel?.close(), browser?.close()]))

  it('an <img> with a prompt in its URL shows the image at its size, on any page', async () => {
    const src = new URL('/image?prompt=A+red+fox+in+the+snow&aspect_ratio=4:3', easel.url).href
    expect(await naturalSize(browser, src)).toEqual([1184, 864])
    expect(easel.generations()).toHaveLength(1)
  })
})
