import { imageSize } from 'image-size'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { createEmulator } from '../../emulator/index.ts'
import {
  GPT_IMAGE,
  chatBody,
  chatOf,
  eventsOf,
  imagesOf,
  imagesResponse,
  post,
} from '../support/emulator/ask.ts'

describe('broken responses', () => {
  it('hold no image', async () => {
    expect(await images({ noImage: true })).toEqual([])
  })

  it('hold several images, all different', async () => {
    const found = await images({ images: 3 })
    expect(new Set(found.map(({ bytes }) => bytes.toString('base64'))).size).toBe(3)
  })

  it('say PNG and are JPEG', async () => {
    const [image] = await images({ lyingMediaType: true })
    expect(image?.type).toBe('image/png')
    expect(imageSize(image?.bytes ?? new Uint8Array()).type).toBe('jpg')
  })

  it('hold bytes that are no image', async () => {
    const [image] = await images({ notAnImage: true })
    expect(() => imageSize(image?.bytes ?? new Uint8Array())).toThrow('unsupported file type')
  })

  it('hold a link instead of data', async () => {
    const chat = await chatOf(new Response(await spoil({ link: 'https://example.com/a.png' })))
    expect(chat.choices[0].message.images).toEqual(
      [{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }].map(({ image_url }) => ({
        image_url,
      })),
    )
  })

  it('hold words beside the image', async () => {
    const chat = await chatOf(new Response(await spoil({ text: 'Voilà' })))
    expect(chat.choices[0].message).toMatchObject({ content: 'Voilà', images: [{}] })
  })

  it.each([
    ['characters', /\*/],
    ['padding', /===$/],
    ['whitespace', /\n/],
  ])('break base64 by its %s', async (base64, pattern) => {
    const chat = await chatOf(new Response(await spoil({ base64 })))
    expect(chat.choices[0].message.images?.[0]?.image_url.url).toMatch(pattern)
  })

  it('break off in the JSON, plain and streamed', async () => {
    const plain = await spoil({ brokenJson: true })
    expect(() => JSON.parse(plain)).toThrow('JSON')
    const streamed = await spoil({ brokenJson: true }, chatBody('A fox', { stream: true }))
    expect(() => eventsOf(streamed)).toThrow('JSON')
  })

  it('escape every slash, and mean the same', async () => {
    const [plain, escaped] = [await spoil({ noImage: false }), await spoil({ escapedSlashes: true })]
    expect(escaped).toContain(String.raw`data:image\/png;base64,`)
    expect(escaped.replaceAll(String.raw`\/`, '')).not.toContain('/')
    expect(
      (await images({ escapedSlashes: true }))[0]?.bytes.equals(
        (await imagesOf(new Response(plain)))[0]?.bytes ?? Buffer.alloc(0),
      ),
    ).toBe(true)
  })

  it('turn the keys around, and mean the same', async () => {
    const text = await spoil({ reversedKeys: true })
    expect(text.indexOf('"usage"')).toBeLessThan(text.indexOf('"choices"'))
    expect(await imagesOf(new Response(text))).toHaveLength(1)
  })

  it('hold a huge unknown field before the image', async () => {
    const text = await spoil({ hugeFieldBytes: 100_000 })
    expect(text.indexOf('data:image/png')).toBeGreaterThan(100_000)
    expect(await imagesOf(new Response(text))).toHaveLength(1)
  })

  it('hold bytes that are no UTF-8', async () => {
    const emulator = createEmulator({ faults: [{ malformedUtf8: true }] })
    const bytes = Buffer.from(
      await (await post(emulator, '/chat/completions', chatBody('A fox'))).arrayBuffer(),
    )
    expect(bytes.includes(Buffer.from([0xff, 0xfe]))).toBe(true)
  })

  it('hold a valid PNG of the size that the fault says', async () => {
    const [image] = await images({ bytes: 3_000_000 })
    expect(Math.abs((image?.bytes.length ?? 0) - 3_000_000)).toBeLessThan(30_000)
    expect(imageSize(image?.bytes ?? new Uint8Array())).toMatchObject({ type: 'png', width: 999 })
  })

  it.each([
    ['that is cut in its middle', { truncatedImage: true }],
    ['that is no image', { notAnImage: true }],
    ['in broken base64', { base64: 'characters' }],
    ['of another type than it says', { lyingMediaType: true }],
  ])('hold whole images beside one %s', async (_what, fault) => {
    const request = { model: GPT_IMAGE, prompt: 'A fox', n: 3 }
    const [whole, broken] = [await texts({}, request), await texts({ ...fault, imageIndex: 1 }, request)]

    expect(broken).toHaveLength(3)
    expect([broken[0], broken[2]]).toEqual([whole[0], whole[2]])
    expect(broken[1]).not.toBe(whole[1])
    expect(await texts({ ...fault, imageIndex: 1 }, { ...request, stream: true })).toEqual(broken)
  })

  it('hold a file that is cut inside valid base64', async () => {
    const [whole, cut] = [await images({}), await images({ truncatedImage: true })]
    const bytes = cut[0]?.bytes ?? Buffer.alloc(0)

    expect(bytes).toHaveLength((whole[0]?.bytes.length ?? 0) >> 1)
    expect(whole[0]?.bytes.subarray(0, bytes.length).equals(bytes)).toBe(true)
    expect(imageSize(bytes)).toMatchObject({ width: 1024 })
    await expect(sharp(bytes).raw().toBuffer()).rejects.toThrow()
  })

  it('hold fewer images than the request asks for', async () => {
    expect(await texts({ images: 1 }, { model: GPT_IMAGE, prompt: 'A fox', n: 3 })).toHaveLength(1)
  })

  it('hold text that is no UTF-8, plain and streamed', async () => {
    for (const stream of [false, true]) {
      const emulator = createEmulator({ faults: [{ malformedUtf8: 'text' }] })
      const response = await post(emulator, '/chat/completions', chatBody('A fox', { stream }))
      const bytes = Buffer.from(await response.arrayBuffer())
      expect(
        bytes.includes(Buffer.from([...Buffer.from('"content":"Here is your image. '), 0xff, 0xfe])),
      ).toBe(true)
    }
  })

  it('end a stream without [DONE]', async () => {
    const { events, isDone } = eventsOf(await spoil({ noDone: true }, chatBody('A fox', { stream: true })))
    expect(events.at(-1)).toMatchObject({ usage: {} })
    expect(isDone).toBe(false)
  })

  it('are JSON although the request wants a stream', async () => {
    const body = chatBody('A fox', { stream: true })
    const json = await spoil({ streams: false, status: 502, inBand: true }, body)
    expect(JSON.parse(json)).toEqual({ error: expect.objectContaining({ code: 502 }) })
    expect(await imagesOf(new Response(await spoil({ streams: false }, body)))).toHaveLength(1)
  })

  it.each([100, 30_000, 25_000_000])('hold a valid PNG of about %i bytes, and quickly', async (bytes) => {
    const startedAt = performance.now()
    const [image] = await images({ bytes })
    const size = image?.bytes.length ?? 0

    expect(Math.abs(size - bytes)).toBeLessThan(Math.max(3000, bytes / 100))
    expect(performance.now() - startedAt).toBeLessThan(10_000)
    expect((await sharp(image?.bytes).raw().toBuffer()).length).toBeGreaterThan(0)
  })

  it('end early but properly', async () => {
    expect(await spoil({ endAtByte: 500 })).toHaveLength(500)
  })
})

/** The text of the response under that fault. */
async function spoil(fault: object, body: object = chatBody('A fox')): Promise<string> {
  const emulator = createEmulator({ plainImages: true })
  await emulator.request('/emulator/faults', { method: 'POST', body: JSON.stringify([fault]) })
  return (await post(emulator, '/chat/completions', body)).text()
}

async function images(fault: object): ReturnType<typeof imagesOf> {
  return imagesOf(new Response(await spoil(fault)))
}

/** The base64 of every image of an images response, plain or streamed. */
async function texts(fault: object, body: object): Promise<readonly string[]> {
  const emulator = createEmulator({ plainImages: true })
  await emulator.request('/emulator/faults', { method: 'POST', body: JSON.stringify([fault]) })
  const response = await post(emulator, '/images', body)
  if (response.headers.get('content-type') !== 'text/event-stream') {
    return (await imagesResponse(response)).data.map(({ b64_json }) => b64_json)
  }
  const { events } = eventsOf(await response.text())
  return (events as readonly { type: string; b64_json: string }[])
    .filter(({ type }) => type === 'image_generation.completed')
    .map(({ b64_json }) => b64_json)
}
