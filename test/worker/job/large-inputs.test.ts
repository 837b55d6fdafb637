import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bearer, CREDENTIALS, type RunningEasel, startEasel, TOKENS } from '../../support/worker/easel.ts'

const FIRST = 'google/gemini-3.1-flash-image'
const SECOND = 'google/gemini-3-pro-image'
const MIB = 2 ** 20
/** What a request with a token may have. */
const LIMIT = 32 * MIB
const INPUTS = 3
const PREFIX = 'data:image/png;base64,'

let easel: RunningEasel
/** A small PNG in base64, without padding. */
let png: string

beforeAll(async () => {
  easel = await startEasel({ vars: CREDENTIALS })
  const image = await easel.get('/image?prompt=A+frame&aspect_ratio=1:1')
  const bytes = Buffer.from(await image.arrayBuffer())
  png = bytes.subarray(0, bytes.length - (bytes.length % 3)).toString('base64')
})
afterAll(() => easel.close())
beforeEach(() =>
  easel.upstream.setFaults([{ path: '/chat/completions', status: 404, times: 1, match: 'frame' }]),
)

/** Base64 of that many characters, a multiple of four, that begins as an image. */
const base64 = (length: number, n: number) => png + String(n).repeat(length - png.length)

describe('input images in a request', () => {
  it('as large as it may be reach each of its models', async () => {
    const specOf = (inputs: readonly string[]) => ({
      prompt: 'In a frame',
      models: [FIRST, SECOND],
      input_images: inputs,
    })
    const room = LIMIT - JSON.stringify(specOf(Array(INPUTS).fill(PREFIX))).length
    const inputs = Array.from(
      { length: INPUTS },
      (_, n) => PREFIX + base64(Math.floor(room / INPUTS / 4) * 4, n),
    )
    const before = easel.generations().length

    const response = await easel.post('/v1/images', specOf(inputs), bearer(TOKENS.docs))

    expect([response.status, await textOf(response)]).toEqual([200, expect.anything()])
    const sent = easel.upstream.requests.slice(before).filter(({ method }) => method === 'POST')
    expect(sent.map(({ body }) => (body as { model: string }).model)).toEqual([FIRST, SECOND])
    for (const { body } of sent) expect(inputs.every((url) => JSON.stringify(body).includes(url))).toBe(true)
  })
})

/** Short enough to be shown. */
async function textOf(response: Response): Promise<string> {
  return (await response.text()).slice(0, 500)
}
