import sharp from 'sharp'
import { describeInBrowser } from '../support/in-browser.ts'
import { startConfiguredEasel } from '../support/worker/configured-easel.ts'
import { CREDENTIALS } from '../support/worker/easel.ts'
import { testEverywhere } from './page/everywhere.ts'
import { testGallery } from './page/gallery.ts'
import { testInputImages } from './page/input-images.ts'
import { testPlayground } from './page/playground.ts'
import { testPrivateMode } from './page/private-mode.ts'
import { testRepeating } from './page/repeating.ts'
import { takeScreenshots, UPDATES_DOCS } from './page/screenshots.ts'
import { testScrolling } from './page/scrolling.ts'
import { testSpend } from './page/spend.ts'

const CONFIG = `version: 1
presets:
  line-art: { prompt: "{prompt}. Single-weight indigo line art on white." }
`

// One browser and one Worker for all of them: starting these takes longer than most of the tests.
describeInBrowser('the page', start, (running) => {
  testPlayground(running)
  testInputImages(running)
  testRepeating(running)
  testGallery(running)
  testScrolling(running)
  testSpend(running)
  testEverywhere(running)
  testPrivateMode(running)
  takeScreenshots(running)
})

async function start() {
  const create = { width: 64, height: 64, channels: 3, background: 'teal' } as const
  const linked = new Uint8Array(await sharp({ create }).png().toBuffer())
  return startConfiguredEasel(
    { 'easel.yml': CONFIG },
    { ...CREDENTIALS, EASEL_ACCESS: 'signed', EASEL_DAILY_BUDGET_USD: '20' },
    undefined,
    { plainImages: !UPDATES_DOCS, fetch: async () => new Response(linked) },
  )
}
