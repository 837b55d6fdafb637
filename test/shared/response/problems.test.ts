import { describe, expect, it } from 'vitest'
import { base64, chunk, event, FORMATS, imagesOf, png, read, USAGE } from '../../support/shared/responses.ts'

const PNG = png(64, 64, Buffer.from([1, 2, 3, 4]))
const ERROR = {
  code: 502,
  message: 'Provider disconnected',
  metadata: { error_type: 'provider_unavailable' },
}

describe('after a whole image', () => {
  const { body, withTexts } = FORMATS['chat stream']
  const upToImage = body([PNG]).slice(0, body([PNG]).indexOf(base64(PNG)) + base64(PNG).length + 5)

  it.each<[what: string, rest: string | Error, problem: string]>([
    ['a cut', new TypeError('terminated'), 'the connection was cut'],
    ['a timeout of the connection', new DOMException('late', 'TimeoutError'), 'the connection was cut'],
    ['an early end', '', 'ends too early'],
    ['broken JSON', ',]', 'not JSON'],
    ['an error event', `}]}\n\n${event({ error: ERROR })}\n\n`, 'OpenRouter reported: '],
    ['a refusal', `}]}\n\n${event(chunk({ refusal: 'No people.' }))}\n\n`, 'No people.'],
  ])('%s is a problem, and loses nothing', async (_what, rest, problem) => {
    const chunks = [Buffer.from(upToImage), rest instanceof Error ? rest : Buffer.from(rest, 'latin1')]
    const events = await read(chunks, { isStream: true })
    expect(imagesOf(events)).toEqual([PNG])
    expect(events.at(-1)).toMatchObject({ type: 'done', problems: [expect.stringContaining(problem)] })
  })

  it.each<[what: string, rest: readonly (Buffer | Error)[]]>([
    ['is cut', [new TypeError('terminated')]],
    ['ends', []],
  ])('the bytes of a second one that %s in the middle are discarded', async (_what, rest) => {
    const large = png(64, 64, Buffer.alloc(500_000, 'noise'))
    const bytes = Buffer.from(body([PNG, large]))
    const events = await read([bytes.subarray(0, 400_000), ...rest], { isStream: true })
    expect(events.map(({ type }) => type)).toEqual(['text', 'image', 'discard', 'done'])
    expect(events[2]).toMatchObject({ problem: expect.stringMatching(/\.$/), bytes: expect.any(Buffer) })
    expect(imagesOf(events)).toEqual([PNG])
  })

  it('a broken one does not end the document: the cost and the next image are read', async () => {
    const spoiled = `${base64(PNG).slice(0, 20)}*${'A\\"'.repeat(50_000)}`
    const events = await read(withTexts([base64(PNG), spoiled, base64(PNG)]), { isStream: true })
    expect(imagesOf(events)).toEqual([PNG, PNG])
    expect(events.at(-1)).toMatchObject({
      usage: { costUsd: USAGE.cost },
      problems: ['Image 2 is broken: it holds a character that is not base64.'],
    })
  })
})
