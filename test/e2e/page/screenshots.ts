import { mkdir } from 'node:fs/promises'
import process from 'node:process'
import { expect, it } from 'vitest'
import type { InBrowser } from '../../support/in-browser.ts'
import { TOKENS } from '../../support/worker/easel.ts'
import { expectLoaded } from './steps.ts'

/** Whether this run takes the screenshots that the docs show: `UPDATE_DOCS=1`. */
export const UPDATES_DOCS = Boolean(process.env['UPDATE_DOCS'])

export function takeScreenshots(running: InBrowser): void {
  it('has its screenshots taken for the docs', async ({ skip }) => {
    skip(!UPDATES_DOCS, 'only with UPDATE_DOCS=1')
    await mkdir('docs/img', { recursive: true })
    await using opened = await running.open('/?prompt=A+lighthouse+at+dusk&aspect_ratio=3:2', {
      token: TOKENS.docs,
      deviceScaleFactor: 1.5,
    })
    const { page } = opened
    await page.getByRole('button', { name: 'Generate' }).click()
    await expectLoaded(page, '.result img')
    await page.evaluate('scrollTo(0, 0)')
    await page.screenshot({ path: 'docs/img/playground.png' })
    await page.getByRole('link', { name: 'Spend' }).click()
    await page.getByRole('img', { name: /Spending by day/ }).waitFor()
    await page.screenshot({ path: 'docs/img/spend.png' })
    expect(opened.problems).toEqual([])
  })
}
