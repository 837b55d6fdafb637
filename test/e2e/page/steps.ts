import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { RunningEasel } from '../../support/worker/easel.ts'
import { bearer, TOKENS } from '../../support/worker/easel.ts'

/** Generates an image without the page. */
export async function generate(easel: RunningEasel, spec: { readonly prompt: string }): Promise<void> {
  expect((await easel.post('/v1/images', spec, bearer(TOKENS.docs))).status).toBe(200)
}

/** Describes an image, has it generated, and waits until it is shown. */
export async function generateOnPage(page: Page, prompt: string): Promise<void> {
  await page.getByLabel('Prompt').fill(prompt)
  await page.getByRole('button', { name: 'Generate', exact: true }).click()
  await expectLoaded(page, '.result img')
}

/** Waits until an image has pixels. */
export async function expectLoaded(page: Page, selector: string): Promise<void> {
  await page.locator(selector).first().waitFor()
  await expect
    .poll(() => page.evaluate<number>(`document.querySelector('${selector}')?.naturalWidth ?? 0`))
    .toBeGreaterThan(0)
}

/** What is copied with the button of this name. */
export async function copied(page: Page, what: string): Promise<string> {
  await page.getByRole('button', { name: `Copy ${what}`, exact: true }).click()
  return page.evaluate<string>('navigator.clipboard.readText()')
}
