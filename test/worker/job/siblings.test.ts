import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Fault } from '../../../emulator/index.ts'
import { type RunningEasel, startEasel } from '../../support/worker/easel.ts'

let easel: RunningEasel

beforeAll(async () => {
  easel = await startEasel({ vars: { EASEL_DAILY_BUDGET_USD: '50' } })
})
afterAll(() => easel.close())

const MODEL = 'openai/gpt-5-image'

async function generate(prompt: string, fault: Fault) {
  easel.upstream.setFaults([{ ...fault, match: prompt }])
  const response = await easel.post('/v1/images', { prompt, model: MODEL })
  return { response, body: (await response.json()) as Record<string, unknown> }
}

describe('whole images of a response that is broken otherwise', () => {
  it.each([
    ['one of three is no image', { images: 3, notAnImage: true, imageIndex: 1 }, 2],
    ['one of three is cut inside valid base64', { images: 3, truncatedImage: true, imageIndex: 2 }, 2],
    ['an error event comes after the first', { images: 2, status: 502, inBand: true, afterImages: 1 }, 1],
    ['the connection is cut between two', { images: 2, cutAt: 'betweenImages' }, 1],
    ['the stream ends without [DONE]', { noDone: true }, 1],
    ['the text is not UTF-8', { malformedUtf8: 'text', text: 'Here.' }, 1],
  ] as const satisfies readonly (readonly [string, Fault, number])[])(
    'are stored and served, billed as they were, and the manifest says what is missing: %s',
    async (name, fault, images) => {
      const { response, body } = await generate(`Siblings: ${name}`, fault)

      expect(response.status).toBe(200)
      expect(body['images']).toHaveLength(images)
      const isIncomplete = images > 1 || 'cutAt' in fault || 'inBand' in fault
      expect((body['problems'] as unknown[] | undefined)?.length ?? 0).toBeGreaterThanOrEqual(
        isIncomplete ? 1 : 0,
      )
      for (const { url } of body['images'] as { url: string }[]) {
        const file = await fetch(url)
        expect(file.status).toBe(200)
        expect(new Uint8Array(await file.arrayBuffer()).subarray(-8, -4)).toEqual(
          new Uint8Array([0x49, 0x45, 0x4e, 0x44]),
        )
      }
      expect(easel.generations(`Siblings: ${name}`)).toHaveLength(1)
    },
  )

  it('are none when every image is cut: nothing is stored, and the bill is told', async () => {
    const { response, body } = await generate('Siblings: none whole', { images: 2, truncatedImage: true })

    expect(response.status).toBe(424)
    expect(body).toMatchObject({ code: 'upstream_invalid', billed_usd: expect.any(Number) })
  })
})
