import { describe, expect, it } from 'vitest'
import type { InBrowser } from '../../support/in-browser.ts'
import { axeFindings } from '../../support/page.ts'
import { TOKENS } from '../../support/worker/easel.ts'
import { generate } from './steps.ts'

export function testSpend(running: InBrowser): void {
  describe('spending', () => {
    it('is shown by day, model and token, with what is left and what the cache saved', async () => {
      const { easel } = running
      await generate(easel, { prompt: 'Spent' })
      await easel.get('/image?prompt=Spent')
      await using opened = await running.open('/?view=spend', { token: TOKENS.docs })
      const { page } = opened
      await page.getByText(/of \$20\.00 left/).waitFor()
      await page.getByRole('img', { name: /Spending by day/ }).waitFor()
      await page.getByRole('rowheader', { name: 'docs' }).waitFor()
      const saved = page.getByRole('region', { name: 'Saved by the cache' })
      expect(await saved.getByText(/^\$\d+\.\d+$/).count()).toBe(1)
      await saved.getByText(/^[\d,]+ hits?, [\d,]+ miss(es)?: \d+ % from the cache$/).waitFor()
      await page.getByText('As a table').click()
      await page.getByRole('columnheader', { name: 'From the cache' }).waitFor()
      expect(await axeFindings(page)).toEqual([])
    })
  })
}
