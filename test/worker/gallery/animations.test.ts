import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningEasel, startEasel } from '../../support/worker/easel.ts'

const QUERY = 'prompt=A+fox+that+moves&model=bytedance-seed/seedream-5-0-flash&output_format=gif'

describe('a GIF', () => {
  let easel: RunningEasel
  beforeAll(async () => {
    easel = await startEasel()
  })
  afterAll(() => easel.close())

  it('is stored and served as it is, all frames, and the manifest has the size of the first', async () => {
    const first = await easel.get(`/image?${QUERY}`)
    const bytes = Buffer.from(await first.arrayBuffer())
    const again = await easel.get(`/image?${QUERY}`)
    const path = first.headers.get('content-location') ?? ''

    expect(first.headers.get('content-type')).toBe('image/gif')
    expect(path).toMatch(/\.gif/)
    expect(await sharp(bytes, { animated: true }).metadata()).toMatchObject({ format: 'gif', pages: 2 })
    expect(bytes.equals(Buffer.from(await again.arrayBuffer()))).toBe(true)
    const fingerprint = /[0-9a-f]{64}/.exec(path)?.[0] ?? ''
    expect(await (await easel.get(`/v1/images/${fingerprint}`)).json()).toMatchObject({
      images: [{ media_type: 'image/gif', width: 1024, height: 1024, bytes: bytes.length }],
    })
  })
})
