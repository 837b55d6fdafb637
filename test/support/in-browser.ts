import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe } from 'vitest'
import { CHROMIUM, launchBrowser } from './browser.ts'
import { type OpenedPage, openPage, type PageOptions } from './page.ts'
import type { RunningEasel } from './worker/easel.ts'

/** Milliseconds: of a test in a browser, and of starting what it needs. */
const TIMEOUT_MS = 30_000

/** One browser in front of one Worker. Both are there once the tests run. */
export interface InBrowser {
  readonly easel: RunningEasel
  readonly browser: Browser
  /** Opens a path of the Worker in a profile of its own. */
  open(path: string, options?: PageOptions): Promise<OpenedPage>
}

/** Describes what is tested in Chromium, with a browser and a Worker for all of it. */
export function describeInBrowser(
  title: string,
  start: () => Promise<RunningEasel>,
  define: (running: InBrowser) => void,
): void {
  describe.skipIf(!CHROMIUM)(
    `${title} (skipped where Chromium is not installed)`,
    { timeout: TIMEOUT_MS },
    () => {
      let easel: RunningEasel | undefined
      let browser: Browser | undefined

      beforeAll(async () => {
        ;[easel, browser] = await Promise.all([start(), launchBrowser()])
      }, TIMEOUT_MS)

      afterAll(() => Promise.all([easel?.close(), browser?.close()]))

      define({
        get easel() {
          return started(easel)
        },
        get browser() {
          return started(browser)
        },
        open(path, options) {
          return openPage(this.browser, new URL(path, this.easel.url), options)
        },
      })
    },
  )
}

function started<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('only tests and hooks may use it')
  return value
}
