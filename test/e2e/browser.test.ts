import { expect, it } from 'vitest'
import { naturalSize } from '../support/browser.ts'
import { describeInBrowser } from '../support/in-browser.ts'
import { startEasel } from '../support/worker/easel.ts'

describeInBrowser('in a browser', startEasel, (running) => {
  it('an <img> with a prompt in its URL shows the image at its size, on any page', async () => {
    const { browser, easel } = running
    const src = new URL('/image?prompt=A+red+fox+in+the+snow&aspect_ratio=4:3', easel.url).href
    expect(await naturalSize(browser, src)).toEqual([1184, 864])
    expect(easel.generations()).toHaveLength(1)
  })
})
