import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningEasel, startEasel } from '../../support/worker/easel.ts'

const GEMINI = 'google/gemini-2.5-flash-image'
const GPT_IMAGE = 'openai/gpt-image-1'
const CHAT = '/api/v1/chat/completions'
const IMAGES = '/api/v1/images'

let easel: RunningEasel

beforeAll(async () => {
  easel = await startEasel({ vars: { EASEL_DAILY_BUDGET_USD: '100' } })
})
afterAll(() => easel.close())

const reserved = async (prompt: string) => {
  const before = easel.generations(prompt).length
  return { before, after: () => easel.generations(prompt).length }
}
const conversation = (prompt: string, more: object) => ({
  model: GEMINI,
  modalities: ['image', 'text'],
  temperature: 0.5,
  messages: [{ role: 'user', content: prompt }],
  ...more,
})

describe('a request that would cost more than EASEL_MAX_COST_USD', () => {
  const dear = { model: GPT_IMAGE, prompt: 'Ten of high quality', n: 10, quality: 'high' }

  it.each([
    ['all its images together', IMAGES, dear],
    ['all its images together, natively', '/v1/images', dear],
    [
      'its input images, in a conversation',
      CHAT,
      conversation('Costly references', {
        model: 'sourceful/riverflow-v2-pro',
        modalities: ['image'],
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'Costly references' },
              { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
            ],
          },
        ],
        image_config: {
          image_size: '4K',
          super_resolution_references: Array(4).fill('https://example.com/a.png'),
          font_inputs: [
            { font_url: 'https://example.com/a.ttf', text: 'A' },
            { font_url: 'https://example.com/b.ttf', text: 'B' },
          ],
        },
      }),
    ],
  ] as const)('counts %s and is refused before it is sent', async (_, path, body) => {
    const { before, after } = await reserved('')
    const response = await easel.post(path, body)
    expect([response.status, await response.text()]).toEqual([
      402,
      expect.stringContaining('EASEL_MAX_COST_USD'),
    ])
    expect(after()).toBe(before)
  })

  it('is not let through by an unknown field', async () => {
    const response = await easel.post(IMAGES, { ...dear, surprise: true })
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('surprise')])
    expect(easel.generations('Ten of high quality')).toHaveLength(0)
  })
})

describe('a reservation', () => {
  it('is the price of the validated fields, and with fallback models the dearest one’s', async () => {
    for (const [prompt, more, least, most] of [
      ['With a price', {}, 0.03, 0.05],
      ['With a fallback', { models: ['google/gemini-3-pro-image'] }, 0.13, 0.2],
    ] as const) {
      easel.upstream.setFaults([{ latencyMs: 1500, match: prompt }])
      const generating = easel.post(CHAT, conversation(prompt, more))
      const usd = async () => {
        const [row] = (await easel.ledger(
          'SELECT SUM(micro) AS micro FROM ledger_reservations WHERE settled_at IS NULL',
        )) as { micro: number | null }[]
        return (row?.micro ?? 0) / 1e6
      }
      await expect.poll(usd, { interval: 50 }).toBeGreaterThanOrEqual(least)
      expect(await usd()).toBeLessThanOrEqual(most)
      expect((await generating).status).toBe(200)
      await expect.poll(usd, { interval: 50 }).toBe(0)
    }
  })
})

describe('preconditions', () => {
  const path = '/image?prompt=With+preconditions'
  const PAST = 'Wed, 21 Oct 2015 07:28:00 GMT'

  it.each([
    ['If-Match', '"0123"'],
    ['If-Match', '*'],
    ['If-Unmodified-Since', PAST],
  ])('%s: %s on an image that isn’t cached is a 412, and costs nothing', async (name, value) => {
    const get = await easel.get(path, { headers: { [name]: value } })
    const post = await easel.post(
      '/v1/images',
      { prompt: 'With preconditions' },
      { headers: { [name]: value } },
    )
    expect([get.status, post.status]).toEqual([412, 412])
    expect(easel.generations('With preconditions')).toHaveLength(0)
  })

  it('that hold let the image be generated', async () => {
    const headers = { 'If-Unmodified-Since': 'Fri, 01 Jan 2100 00:00:00 GMT' }
    expect((await easel.get(path, { headers })).status).toBe(200)
    expect(easel.generations('With preconditions')).toHaveLength(1)
  })
})
