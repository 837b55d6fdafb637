import { describe, expect, it } from 'vitest'
import type { InBrowser } from '../../support/in-browser.ts'
import { axeFindings } from '../../support/page.ts'
import { TOKENS } from '../../support/worker/easel.ts'
import { copied, expectLoaded, generateOnPage } from './steps.ts'

export function testPlayground(running: InBrowser): void {
  describe('the playground', () => {
    it('says what it would cost, asks for a token, generates, and gives what to paste', async () => {
      const { easel } = running
      await using opened = await running.open('/')
      const { page } = opened
      await page.getByLabel('Prompt').fill('A red fox in the snow')
      await page.locator('label.choice', { hasText: '3:2' }).click()
      await page.locator('#estimate', { hasText: /About \$0\.\d+/ }).waitFor()
      expect(easel.generations('A red fox')).toEqual([])
      await page.getByRole('button', { name: 'Generate' }).click()
      await page.getByLabel('One of EASEL_TOKENS').fill(TOKENS.docs)
      await page.getByRole('button', { name: 'Use token' }).click()

      await page.getByText(/^Generated for \$/).waitFor()
      await expectLoaded(page, '.result img')
      expect(page.url()).toBe(
        new URL(
          '/?prompt=A+red+fox+in+the+snow&model=google%2Fgemini-3.1-flash-image&aspect_ratio=3%3A2',
          easel.url,
        ).href,
      )
      expect((await fetch(await copied(page, 'URL'))).headers.get('content-type')).toBe('image/png')
      await page.getByRole('tab', { name: 'Signed URL' }).click()
      await page.getByRole('button', { name: 'Sign', exact: true }).click()
      await page.getByText(/&sig=/).waitFor()
      expect(easel.generations('A red fox')).toHaveLength(1)
      expect(await axeFindings(page)).toEqual([])
    })

    it('shows previews while the model works, and what is billed when nobody waits', async () => {
      const { easel } = running
      await using opened = await running.open('/', { token: TOKENS.docs })
      const { page } = opened
      await page.evaluate(COUNT_PREVIEWS)
      easel.upstream.setFaults([{ match: 'Watched', latencyMs: 1500 }])
      await page.getByLabel('Prompt').fill('Watched')
      await page.locator('#model').selectOption('openai/gpt-image-1')
      await page.getByRole('button', { name: 'Generate' }).click()
      await page.getByRole('button', { name: 'Stop waiting' }).waitFor()
      await page.getByText('1 s').waitFor()
      await page.getByRole('button', { name: 'Stop waiting' }).click()
      await page.getByText(/still being generated and will be billed/).waitFor()
      await page.getByRole('button', { name: 'Wait for it again' }).click()

      await page.locator('.result img').waitFor()
      expect(await page.evaluate<number>('previews')).toBeGreaterThan(0)
      expect(easel.generations('Watched')).toHaveLength(1)
    })

    it('shows exactly the fields that the model has', async () => {
      await using opened = await running.open('/')
      const { page } = opened
      await page.locator('#model-facts p').first().waitFor()
      await page.getByText('More options').click()
      expect(await page.locator('[data-field=quality]').isVisible()).toBe(false)
      await page.locator('#model').selectOption('openai/gpt-image-1')
      expect(await page.locator('[data-field=quality]').isVisible()).toBe(true)
      expect(await page.locator('[data-field=rgb_colors]').isVisible()).toBe(false)
      await page.locator('#model').selectOption('recraft/recraft-v3')
      expect(await page.locator('[data-field=rgb_colors]').isVisible()).toBe(true)
    })

    it('applies a preset of easel.yml, and keeps it in what is shared and pasted', async () => {
      const { easel } = running
      await using opened = await running.open('/', { token: TOKENS.docs })
      const { page } = opened
      await page.getByLabel('Preset').selectOption('line-art')
      await generateOnPage(page, 'A harbour')
      await page.waitForURL(/[?&]preset=line-art\b/)
      await page.getByRole('tab', { name: 'easel.yml' }).click()
      expect(await copied(page, 'easel.yml')).toContain('preset: "line-art"')
      await page.reload()
      expect(await page.getByLabel('Preset').inputValue()).toBe('line-art')
      expect(easel.generations('A harbour. Single-weight indigo line art on white.')).toHaveLength(1)
    })

    it('says what is wrong beside the field, and keeps working offline', async () => {
      const { easel } = running
      await using opened = await running.open('/', { token: TOKENS.docs })
      const { page } = opened
      await page.getByRole('button', { name: 'Generate' }).click()
      await page.locator('#prompt-error', { hasText: 'Say in a few words' }).waitFor()
      expect(await page.getByLabel('Prompt').getAttribute('aria-invalid')).toBe('true')

      await page.getByLabel('Prompt').fill('It can’t')
      easel.upstream.setFaults([{ match: 'It can’t', status: 402 }])
      await page.getByRole('button', { name: 'Generate' }).click()
      await page.getByRole('alert').getByText('credits_exhausted').waitFor()
      expect(await axeFindings(page)).toEqual([])

      await page.context().setOffline(true)
      await page.getByRole('button', { name: 'Try again' }).click()
      await page.getByRole('alert').getByText('Easel can’t be reached').waitFor()
    })
  })
}

/** Counts the previews that are shown, however short. */
const COUNT_PREVIEWS = `
  globalThis.previews = 0
  new MutationObserver(() => {
    if (document.querySelector('.canvas img[src^="data:image/"]')) previews++
  }).observe(document.querySelector('#stage'), { childList: true, subtree: true })
`
