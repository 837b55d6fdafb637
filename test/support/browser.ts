import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/** The path of an installed Chromium. Without one, tests in a browser are skipped. */
export const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => existsSync(path),
)

/** Starts a browser that sends no requests by itself. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM ?? '',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-sync',
    ],
  })
}

/** Width and height of the image at `src`, as an `<img>` on a page of its own decodes it. */
export async function naturalSize(browser: Browser, src: string): Promise<readonly [number, number]> {
  const page = await browser.newPage()
  await page.setContent(`<img src="${src}">`)
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
