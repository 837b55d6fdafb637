import { describe, expect, it } from 'vitest'
import type { InBrowser } from '../../support/in-browser.ts'
import { TOKENS } from '../../support/worker/easel.ts'
import { copied, expectLoaded, generate, generateOnPage } from './steps.ts'

export function testRepeating(running: InBrowser): void {
  describe('an image that is there', () => {
    it('has another take beside it, which stays in the URL', async () => {
      await using opened = await running.open('/', { token: TOKENS.docs })
      const { page } = opened
      await generateOnPage(page, 'Taken twice')
      const first = await copied(page, 'URL')
      await page.getByRole('button', { name: 'Another take' }).click()
      await expect.poll(() => page.locator('.result').getByText(first).count()).toBe(0)
      await expectLoaded(page, '.result img')
      await page.waitForURL(/[?&]take=2\b/)
      expect(await copied(page, 'URL')).not.toBe(first)
      expect((await fetch(first)).status).toBe(200)
      expect(running.easel.generations('Taken twice')).toHaveLength(2)
    })

    it('is regenerated only after the page has said what that costs', async () => {
      await using opened = await running.open('/', { token: TOKENS.docs })
      const { page } = opened
      await generateOnPage(page, 'Made anew')
      const url = await copied(page, 'URL')
      const question = page.getByRole('alertdialog', { name: 'Replace this image?' })
      await page.getByRole('button', { name: 'Regenerate' }).click()
      await question.getByText(/bills it again: \$0\.\d+ last time/).waitFor()
      await page.keyboard.press('Escape')
      await question.waitFor({ state: 'detached' })
      expect(running.easel.generations('Made anew')).toHaveLength(1)

      await page.getByRole('button', { name: 'Regenerate' }).click()
      await question.getByRole('button', { name: 'Regenerate' }).click()
      await expect.poll(() => running.easel.generations('Made anew').length).toBe(2)
      await expectLoaded(page, '.result img')
      expect(await copied(page, 'URL')).toBe(url)
    })

    it('is edited, taken again and regenerated from the gallery', async () => {
      const { easel } = running
      await generate(easel, { prompt: 'Edited later' })
      await using opened = await running.open('/?view=gallery&q=edited', { token: TOKENS.docs })
      const { page } = opened
      const open = () => page.getByRole('button', { name: /^Edited later\. / }).click()
      await open()
      await page.getByRole('dialog').getByRole('button', { name: 'Edit prompt' }).click()
      await page.getByRole('heading', { level: 1, name: 'Playground' }).waitFor()
      expect(await page.getByLabel('Prompt').inputValue()).toBe('Edited later')
      await page.locator('#estimate', { hasText: 'Free' }).waitFor()
      expect(easel.generations('Edited later')).toHaveLength(1)

      await page.goto(new URL('/?view=gallery&q=edited', easel.url).href)
      await open()
      await page.getByRole('dialog').getByRole('button', { name: 'Another take' }).click()
      await expectLoaded(page, '.result img')
      expect(easel.generations('Edited later')).toHaveLength(2)

      await page.goto(new URL('/?view=gallery&q=edited', easel.url).href)
      await page
        .getByRole('button', { name: /^Edited later\. / })
        .first()
        .click()
      await page.getByRole('dialog').getByRole('button', { name: 'Regenerate' }).click()
      await page.getByRole('alertdialog').getByRole('button', { name: 'Regenerate' }).click()
      await expectLoaded(page, '.result img')
      expect(easel.generations('Edited later')).toHaveLength(3)
    })
  })
}
