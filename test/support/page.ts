import axe from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { expect } from 'vitest'

export interface OpenedPage extends AsyncDisposable {
  readonly page: Page
  /** What the browser refused because of the Content-Security-Policy, and errors that no script caught. */
  readonly problems: readonly string[]
}

export interface PageOptions extends BrowserContextOptions {
  /** Kept in the session, as if it had been typed in. */
  readonly token?: string
}

/** Opens a page in a profile of its own. When it is disposed of, it must not have broken any rule. */
export async function openPage(
  browser: Browser,
  url: string | URL,
  { token, ...options }: PageOptions = {},
): Promise<OpenedPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', ({ message }) => problems.push(message))
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to|Trusted/i.test(message.text())) problems.push(message.text())
  })
  if (token !== undefined) await page.addInitScript(`sessionStorage.setItem('easel-token', '${token}')`)
  await page.goto(String(url))
  return {
    page,
    problems,
    async [Symbol.asyncDispose]() {
      await context.close()
      expect(problems).toEqual([])
    },
  }
}

/** What axe-core finds wrong with a page, by rule. */
export async function axeFindings(page: Page): Promise<readonly string[]> {
  // Evaluated by the debugger: the page's policy lets no such script in.
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate<{
    readonly violations: readonly {
      readonly id: string
      readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[]
    }[]
  }>('axe.run(document, { resultTypes: ["violations"] })')
  return violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('; ')}`,
  )
}
