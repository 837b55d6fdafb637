import { expect, it } from 'vitest'
import type { InBrowser } from '../../support/in-browser.ts'
import { axeFindings } from '../../support/page.ts'
import { TOKENS } from '../../support/worker/easel.ts'

export function testEverywhere(running: InBrowser): void {
  it('works by keyboard alone', async () => {
    await using opened = await running.open('/', { token: TOKENS.docs })
    const { page } = opened
    await page.getByLabel('Prompt').focus()
    await page.keyboard.type('By keyboard')
    await page.keyboard.press('Control+Enter')
    await page.locator('.result img').waitFor()
    await page.getByRole('tab', { name: 'URL', exact: true }).focus()
    await page.keyboard.press('ArrowRight')
    expect(await page.getByRole('tab', { name: '<img>' }).getAttribute('aria-selected')).toBe('true')
    await page.getByText(/srcset=/).waitFor()
  })

  it('works without script', async () => {
    await using opened = await running.open('/', { javaScriptEnabled: false })
    const { page } = opened
    await page.getByLabel('Prompt').fill('No script at all')
    await page.getByLabel('Token').fill(TOKENS.docs)
    await page.getByRole('button', { name: 'Generate' }).click()
    await page.locator('figure.result img').waitFor()
    expect(running.easel.generations('No script at all')).toHaveLength(1)
  })

  it.each([
    ['light', 'with a token', TOKENS.docs],
    ['dark', 'without a token', undefined],
  ] as const)('fits a small phone, %s, %s, and axe finds nothing', async (colorScheme, _, token) => {
    const viewport = { width: 320, height: 640 }
    await using opened = await running.open('/', { colorScheme, viewport, ...(token && { token }) })
    const { page } = opened
    for (const view of ['Playground', 'Gallery', 'Spend']) {
      await page.getByRole('link', { name: view, exact: true }).click()
      await page.getByRole('heading', { level: 1, name: view }).waitFor()
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320)
      expect(await axeFindings(page)).toEqual([])
    }
    const refusals = await page.getByText(/^(The gallery|Spending) takes a token/).count()
    expect(refusals > 0).toBe(token === undefined)
  })

  it('shows the API at /docs under a strict policy', async () => {
    await using opened = await running.open('/docs')
    const { page } = opened
    await page.getByText('Any spec as JSON; generated once').click()
    await page.getByText('Request body').waitFor()
    expect(opened.problems).toEqual([])
  })
}
