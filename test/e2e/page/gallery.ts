import { describe, expect, it } from 'vitest'
import type { InBrowser } from '../../support/in-browser.ts'
import { axeFindings } from '../../support/page.ts'
import { TOKENS } from '../../support/worker/easel.ts'
import { expectLoaded, generate } from './steps.ts'

export function testGallery(running: InBrowser): void {
  describe('the gallery', () => {
    it('finds images again, shows all about one, and purges it after asking', async () => {
      for (const prompt of ['Gallery: a boat', 'Gallery: an owl']) await generate(running.easel, { prompt })
      await using opened = await running.open('/?view=gallery', { token: TOKENS.docs })
      const { page } = opened
      await page.getByLabel('Search').fill('gallery owl')
      await expect.poll(() => page.locator('.tiles li').count()).toBe(1)
      await expectLoaded(page, '.tiles img')
      expect(await axeFindings(page)).toEqual([])
      await page.getByRole('button', { name: /Gallery: an owl/ }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByText('Fingerprint').waitFor()
      expect(await axeFindings(page)).toEqual([])
      await dialog.getByRole('button', { name: 'Purge' }).click()
      await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click()
      await dialog.getByRole('button', { name: 'Purge' }).click()
      await page.getByRole('alertdialog').getByRole('button', { name: 'Purge' }).click()

      await page.getByText('Nothing found').waitFor()
      await page.getByRole('button', { name: 'Show all' }).click()
      await page.getByRole('button', { name: /Gallery: a boat/ }).waitFor()
      expect(await page.getByRole('button', { name: /Gallery: an owl/ }).count()).toBe(0)
      expect(page.url()).not.toContain(TOKENS.docs)
    })

    it('filters by model and words, and keeps both in its URL', async () => {
      const model = 'bytedance-seed/seedream-4.5'
      for (const spec of [
        { prompt: 'Filtered: a red kite' },
        { prompt: 'Filtered: a red kite', model },
        { prompt: 'Filtered: a blue kite', model },
      ])
        await generate(running.easel, spec)
      await using opened = await running.open('/?view=gallery', { token: TOKENS.docs })
      const { page } = opened
      const names = () =>
        page.locator('.tiles button').evaluateAll((all) => all.map((one) => one.ariaLabel ?? ''))
      await page.getByLabel('Search').fill('KITE filtered')
      await expect.poll(async () => (await names()).length).toBe(3)
      await page.getByLabel('Model').last().selectOption(model)
      await expect.poll(async () => (await names()).length).toBe(2)
      expect((await names()).every((name) => name.includes(model))).toBe(true)
      await page.getByLabel('Search').fill('blue kite')
      await expect.poll(async () => (await names()).length).toBe(1)

      await page.reload()
      await expect.poll(async () => (await names()).length).toBe(1)
      expect(await page.getByLabel('Search').inputValue()).toBe('blue kite')
      expect(new URL(page.url()).searchParams.get('model')).toBe(model)
    })
  })
}
