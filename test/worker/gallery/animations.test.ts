import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningEasel, startEasel } from '../../support/worker/easel.ts'

const FRAMES = 3
const WIDTH = 96
const HEIGHT = 64

let easel: RunningEasel
const files: Record<string, Buffer> = {}
/** In OpenRouter's place: the emulator knows no animated WebP. */
const upstream = createServer((request, response) => {
  request.setEncoding('utf8')
  let body = ''
  request.on('data', (chunk: string) => (body += chunk))
  request.on('end', () => {
    const type = Object.keys(files).find((name) => body.includes(`An animated ${name}`))
    const url = type && `data:image/${type};base64,${files[type]?.toString('base64')}`
    const message = { role: 'assistant', content: '', images: [{ type: 'image_url', image_url: { url } }] }
    response.writeHead(url ? 200 : 404, { 'Content-Type': 'application/json' })
    response.end(JSON.stringify({ choices: [{ message, finish_reason: 'stop' }], usage: { cost: 0.01 } }))
  })
})

beforeAll(async () => {
  const raw = { width: WIDTH, height: HEIGHT * FRAMES, channels: 3, pageHeight: HEIGHT } as const
  const pixels = Buffer.alloc(raw.width * raw.height * raw.channels)
  for (let frame = 0; frame < FRAMES; frame++) {
    pixels.fill(60 + 60 * frame, (pixels.length / FRAMES) * frame, (pixels.length / FRAMES) * (frame + 1))
  }
  files['webp'] = await sharp(pixels, { raw }).webp({ lossless: true }).toBuffer()
  files['gif'] = await sharp(pixels, { raw }).gif().toBuffer()
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  const { port } = upstream.address() as AddressInfo
  easel = await startEasel({ vars: { OPENROUTER_BASE_URL: `http://127.0.0.1:${port}/api/v1` } })
})
afterAll(async () => {
  await easel.close()
  upstream.close()
})

describe.each(['gif', 'webp'])('an animated %s', (type) => {
  const query = `prompt=An+animated+${type}`

  it('is stored and served as it is, all frames, and the manifest has the size of the first', async () => {
    const first = await easel.get(`/image?${query}`)
    const bytes = Buffer.from(await first.arrayBuffer())
    const again = await easel.get(`/image?${query}`)
    const path = first.headers.get('content-location') ?? ''

    expect(first.headers.get('content-type')).toBe(`image/${type}`)
    expect(path.endsWith(`.${type}`)).toBe(true)
    expect(await sharp(bytes, { animated: true }).metadata()).toMatchObject({ format: type, pages: FRAMES })
    expect(files[type]?.equals(bytes)).toBe(true)
    expect(bytes.equals(Buffer.from(await again.arrayBuffer()))).toBe(true)
    const fingerprint = /[0-9a-f]{64}/.exec(path)?.[0] ?? ''
    expect(await (await easel.get(`/v1/images/${fingerprint}`)).json()).toMatchObject({
      images: [{ media_type: `image/${type}`, width: WIDTH, height: HEIGHT, bytes: bytes.length }],
    })
  })

  it.each(['format=png', 'format=avif&w=320', 'format=auto', 'w=320&q=50'])(
    'is never converted, and the response to %s says so',
    async (delivery) => {
      const headers = { Accept: 'image/avif,image/webp,*/*;q=0.8' }
      const response = await easel.get(`/image?${query}&${delivery}`, { headers })
      const head = await easel.get(`/image?${query}&${delivery}`, { headers, method: 'HEAD' })

      expect(files[type]?.equals(Buffer.from(await response.arrayBuffer()))).toBe(true)
      for (const { headers: sent } of [response, head]) {
        expect(sent.get('content-type')).toBe(`image/${type}`)
        expect(sent.get('x-easel-variant')).toContain(`image/${type}; width=${WIDTH}; height=${HEIGHT}`)
      }
    },
  )
})
