import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { InBrowser } from '../../support/in-browser.ts'
import { openPage, type PageOptions } from '../../support/page.ts'
import { CREDENTIALS, type RunningEasel, startEasel, TOKENS } from '../../support/worker/easel.ts'
import { copied, expectLoaded, generateOnPage } from './steps.ts'

export function testPrivateMode(running: InBrowser): void {
  describe('in private mode', () => {
    let easel: RunningEasel

    beforeAll(async () => {
      easel = await startEasel({ vars: { ...CREDENTIALS, EASEL_ACCESS: 'private' } })
    })
    afterAll(() => easel?.close())

    const open = (path: string, options?: PageOptions) =>
      openPage(running.browser, new URL(path, easel.url), options)

    it('shows strangers what the page is, and nothing of what it keeps', async () => {
      await using opened = await open('/')
      const { page } = opened
      await page.getByText('Access: private').waitFor()
      for (const [view, text] of [
        ['Gallery', 'The gallery takes a token'],
        ['Spend', 'Spending takes a token'],
      ] as const) {
        await page.getByRole('link', { name: view, exact: true }).click()
        await page.getByText(text).waitFor()
      }
      await page.getByRole('link', { name: 'Playground', exact: true }).click()
      await page.getByLabel('Prompt').fill('A stranger’s')
      await page.getByRole('button', { name: 'Generate' }).click()
      await page.getByRole('dialog', { name: 'Token' }).getByLabel('One of EASEL_TOKENS').fill('wrong')
      await page.getByRole('button', { name: 'Use token' }).click()
      await page.locator('#token-error', { hasText: 'unknown' }).waitFor()
      await page.getByRole('button', { name: 'Cancel' }).click()
      expect(await page.evaluate('sessionStorage.length')).toBe(0)
      expect(easel.generations()).toEqual([])
    })

    it('shows and opens images, and gives signed URLs to paste', async () => {
      await using opened = await open('/', { token: TOKENS.docs })
      const { page } = opened
      await generateOnPage(page, 'A private fox')
      const url = new URL(await copied(page, 'URL'))
      expect(Array.from(url.searchParams.keys()).toSorted()).toEqual(['exp', 'kid', 'sig'])
      expect((await fetch(url)).status).toBe(200)
      url.search = ''
      expect((await fetch(url)).status).toBe(401)
      await page.getByText(/Anyone who has this URL sees the image, until/).waitFor()
      await page.getByRole('tab', { name: '<img>' }).click()
      const [, src = ''] = /src="([^"]+)"/.exec(await copied(page, '<img>')) ?? []
      expect((await fetch(src.replaceAll('&amp;', '&'))).status).toBe(200)

      for (const link of ['Open image 1 of 1', 'Download']) {
        const href = await page.getByRole('link', { name: link }).getAttribute('href')
        expect((await fetch(new URL(href ?? '', easel.url))).status).toBe(200)
      }
      await page.getByRole('link', { name: 'Gallery', exact: true }).click()
      await expectLoaded(page, '.tiles img')
      await page.getByRole('button', { name: /A private fox/ }).click()
      await expectLoaded(page, 'dialog img')
      expect(page.url()).not.toContain(TOKENS.docs)
    })

    it('shows the image without script as well', async () => {
      await using opened = await open('/', { javaScriptEnabled: false })
      const { page } = opened
      await page.getByLabel('Prompt').fill('A private owl, no script')
      await page.getByLabel('Token').fill(TOKENS.docs)
      await page.getByRole('button', { name: 'Generate' }).click()
      await page.locator('figure.result img').waitFor()
      const src = await page.locator('figure.result img').getAttribute('src')
      expect((await fetch(new URL(src ?? '', easel.url))).status).toBe(200)
    })
  })
}
