import process from 'node:process'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import type { InBrowser } from '../../support/in-browser.ts'
import { TOKENS } from '../../support/worker/easel.ts'
import { expectLoaded, generate } from './steps.ts'

/** Whether this run takes the screenshots that the docs show: `UPDATE_DOCS=1`. */
export const UPDATES_DOCS = Boolean(process.env['UPDATE_DOCS'])

const PROMPTS = [
  'A red fox in the snow',
  'A sailing boat on calm water',
  'A mountain lake at dawn',
  'A bowl of oranges on a table',
  'An owl in a pine forest',
  'A cactus in the desert',
  'A city skyline at night',
  'A cat asleep on a windowsill',
  'A field of tulips',
  'A cup of coffee, steam rising',
  'A harbour at dawn, calm water',
]

const DAY_MS = 86_400_000

export function takeScreenshots(running: InBrowser): void {
  it('has its screenshots taken for the docs', { timeout: 120_000 }, async ({ skip }) => {
    skip(!UPDATES_DOCS, 'only with UPDATE_DOCS=1')
    await purgeAll(running)
    for (const prompt of PROMPTS) await generate(running.easel, { prompt })
    await fillHistory(running)
    await using opened = await running.open('/?prompt=A+lighthouse+at+dusk&aspect_ratio=3:2', {
      token: TOKENS.docs,
      deviceScaleFactor: 1.5,
    })
    const { page } = opened
    // By keyboard: a click would leave the button highlighted, and may scroll.
    await page.getByLabel('Prompt').press('Control+Enter')
    await expectLoaded(page, '.result img')
    await page.locator('#estimate', { hasText: 'Free' }).waitFor()
    await shoot(page, 'playground', 860)

    await page.getByRole('link', { name: 'Gallery' }).press('Enter')
    await expect
      .poll(() => page.evaluate<number>(`document.querySelectorAll('.tiles img.loaded').length`))
      .toBe(PROMPTS.length + 1)
    await shoot(page, 'gallery', 720)

    await page.getByRole('link', { name: 'Spend' }).press('Enter')
    await page.getByRole('img', { name: /Spending by day/ }).waitFor()
    await shoot(page, 'spend', 920)
    expect(opened.problems).toEqual([])
  })
}

/** @param height  pixels of the window */
async function shoot(page: Page, name: string, height: number): Promise<void> {
  await page.setViewportSize({ width: 1280, height })
  await page.evaluate('document.activeElement.blur(), scrollTo(0, 0)')
  const png = await page.screenshot({ animations: 'disabled' })
  await sharp(png).webp({ quality: 90, effort: 6 }).toFile(`docs/img/${name}.webp`)
}

/** Only what the screenshots are to show. */
async function purgeAll({ easel }: InBrowser): Promise<void> {
  const headers = { Authorization: `Bearer ${TOKENS.docs}` }
  const { images } = (await (await easel.get('/v1/images?limit=100', { headers })).json()) as {
    readonly images: readonly { readonly fingerprint: string }[]
  }
  for (const { fingerprint } of images)
    await easel.get(`/v1/images/${fingerprint}`, { method: 'DELETE', headers })
}

/** A month of a small site, as the ledger would have it. */
async function fillHistory({ easel }: InBrowser): Promise<void> {
  for (let ago = 1; ago < 30; ago++) {
    const day = new Date(Date.now() - ago * DAY_MS).toISOString().slice(0, 10)
    const images = Math.round(6 + 4 * Math.sin(ago / 3) + ((ago * 7) % 5))
    const byCi = ago % 4
    await easel.ledger(`INSERT OR REPLACE INTO ledger_history VALUES
      ('${day}', 'docs', 'google/gemini-3.1-flash-image', ${images * 67_000}, ${images}, 0, 0),
      ('${day}', 'ci', 'openai/gpt-image-1', ${byCi * 42_000}, ${byCi}, 0, ${Number(ago % 11 === 0)})`)
    await easel.ledger(
      `INSERT OR REPLACE INTO ledger_hits VALUES ('${day}', ${images * 37}, ${images * 37 * 61_000})`,
    )
  }
}
