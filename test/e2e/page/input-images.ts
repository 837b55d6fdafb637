import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import type { InBrowser } from '../../support/in-browser.ts'
import { TOKENS } from '../../support/worker/easel.ts'
import { generateOnPage } from './steps.ts'

export function testInputImages(running: InBrowser): void {
  describe('input images', () => {
    let png: Buffer

    beforeAll(async () => {
      const create = { width: 512, height: 512, channels: 3, background: '#a63d22' } as const
      png = await sharp({ create }).png().toBuffer()
    })

    it.each([
      {
        how: 'chosen',
        give: (page: Page) =>
          page.setInputFiles('#file', { name: 'dot.png', mimeType: 'image/png', buffer: png }),
      },
      { how: 'dropped on the form', give: (page: Page) => page.evaluate(give('#form', 'drop', png)) },
      { how: 'pasted into the prompt', give: (page: Page) => page.evaluate(give('#prompt', 'paste', png)) },
    ])(
      'that are $how are shown, sent to the model, and not in the page’s URL',
      async ({ how, give: put }) => {
        const prompt = `From a file, ${how}`
        await using opened = await running.open('/', { token: TOKENS.docs })
        const { page } = opened
        await put(page)
        await page.getByRole('list', { name: 'Attached files' }).getByText('dot.png').waitFor()
        await generateOnPage(page, prompt)
        expect(bodiesOf(running, prompt)).toEqual([expect.stringContaining(png.toString('base64'))])
        expect(page.url()).not.toContain('data')
      },
    )

    it('that are removed again are not sent', async () => {
      await using opened = await running.open('/', { token: TOKENS.docs })
      const { page } = opened
      await page.evaluate(give('#form', 'drop', png))
      await page.getByRole('button', { name: 'Remove dot.png' }).click()
      await generateOnPage(page, 'Without a file')
      expect(bodiesOf(running, 'Without a file')).toEqual([expect.not.stringContaining('data:image')])
    })

    it('by URL are sent as they are, and are in the page’s URL', async () => {
      const url = 'https://example.com/teal.png'
      await using opened = await running.open('/', { token: TOKENS.docs })
      const { page } = opened
      await page.getByLabel('Input images').fill(url)
      await generateOnPage(page, 'From a link')
      expect(bodiesOf(running, 'From a link')).toEqual([expect.stringContaining(url)])
      await page.waitForURL(({ searchParams }) => searchParams.get('input_images') === url)
    })

    it('that are text or a web page leave what is pasted or dropped alone', async () => {
      await using opened = await running.open('/')
      const { page } = opened
      const isTaken = await page.evaluate<boolean>(`(() => {
        const transfer = new DataTransfer()
        transfer.items.add(new File(['words'], 'words.txt', { type: 'text/plain' }))
        const event = new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true })
        return !document.querySelector('#form').dispatchEvent(event)
      })()`)
      expect(isTaken).toBe(false)
      expect(await page.getByRole('list', { name: 'Attached files' }).getByRole('listitem').count()).toBe(0)
    })
  })
}

/** A script that gives an element a file, as the browser does when somebody drops or pastes it. */
function give(selector: string, how: 'drop' | 'paste', png: Buffer): string {
  const [type, field] = how === 'drop' ? ['DragEvent', 'dataTransfer'] : ['ClipboardEvent', 'clipboardData']
  return `(() => {
    const bytes = Uint8Array.from(atob('${png.toString('base64')}'), (character) => character.charCodeAt(0))
    const transfer = new DataTransfer()
    transfer.items.add(new File([bytes], 'dot.png', { type: 'image/png' }))
    const event = new ${type}('${how}', { ${field}: transfer, bubbles: true, cancelable: true })
    document.querySelector('${selector}').dispatchEvent(event)
  })()`
}

function bodiesOf({ easel }: InBrowser, prompt: string): readonly string[] {
  const bodies = easel.generations(prompt).map(({ body }) => JSON.stringify(body))
  return bodies.filter((body) => body.includes(`${prompt}"`))
}
