import { imageSize } from 'image-size'
import { describe, expect, it } from 'vitest'
import { GPT_IMAGE, chatBody, eventsOf } from '../support/emulator/ask.ts'
import { received, served } from '../support/emulator/served.ts'

/** Bytes of an image that takes no time. */
const SMALL = 5000
const STREAM = chatBody('A fox', { stream: true })

describe('a connection is cut', () => {
  it.each([100, 50_000])('after %i bytes, which arrive', async (cutAtByte) => {
    const { ask } = await served({ faults: [{ cutAtByte, bytes: 100_000, dripBytesPerSecond: 10_000_000 }] })
    const { bytes, error } = await received(await ask())

    expect(error?.message).toBe('terminated')
    expect(bytes).toHaveLength(cutAtByte)
  })

  it('before the head of the response', async () => {
    const { ask } = await served({ faults: [{ cutAtByte: 0, times: 1 }, { bytes: SMALL }] })
    await expect(ask()).rejects.toThrow('fetch failed')
    expect((await ask()).status).toBe(200)
  })

  it.each([chatBody('A fox'), STREAM])('after the head, which names the generation', async (body) => {
    const { emulator, ask } = await served({ faults: [{ cutAt: 'head', bytes: SMALL }] })
    const response = await ask({ body })
    const { bytes, error } = await received(response)

    expect(response.status).toBe(200)
    expect(error?.message).toBe('terminated')
    expect(bytes).toHaveLength(0)
    const id = response.headers.get('x-generation-id')
    await expect.poll(() => emulator.bills().generations).toMatchObject([{ id, billed: true }])
  })

  it('in the middle of an image', async () => {
    const { ask } = await served({ faults: [{ cutAt: 'image', bytes: 50_000 }] })
    const [whole, cut] = [
      await received(await (await served({ faults: [{ bytes: 50_000 }] })).ask({ body: STREAM })),
      await received(await ask({ body: STREAM })),
    ]

    expect(whole.error).toBeUndefined()
    expect(cut.error?.message).toBe('terminated')
    const [, base64 = ''] = cut.bytes.toString().split(';base64,')
    const image = Buffer.from(base64, 'base64')
    expect(imageSize(image)).toMatchObject({ type: 'png', width: 128 })
    expect(base64).toMatch(/^[A-Za-z0-9+/]+$/)
    expect(cut.bytes.length).toBeLessThan(whole.bytes.length * 0.6)
  })

  it.each([false, true])('between two images (stream: %s)', async (stream) => {
    const { ask } = await served({
      faults: [{ cutAt: 'betweenImages', images: 3, imageIndex: 1, bytes: SMALL }],
    })
    const { bytes, error } = await received(await ask({ body: chatBody('A fox', { stream }) }))

    expect(error?.message).toBe('terminated')
    expect(bytes.toString().match(/;base64,[A-Za-z0-9+/]+=*"/g)).toHaveLength(2)
    expect(bytes.toString().split(';base64,')).toHaveLength(3)
  })

  it('right before [DONE]', async () => {
    const { ask } = await served({ faults: [{ cutAt: 'end', bytes: SMALL }] })
    const { bytes, error } = await received(await ask({ body: STREAM }))
    const { events, isDone } = eventsOf(bytes.toString())

    expect(error?.message).toBe('terminated')
    expect(events.at(-1)).toMatchObject({ usage: {} })
    expect(isDone).toBe(false)
  })

  it('before the last byte of a JSON body', async () => {
    const { ask } = await served({ faults: [{ cutAt: 'end', bytes: SMALL }] })
    const { bytes, error } = await received(await ask())

    expect(error?.message).toBe('terminated')
    expect(JSON.parse(`${bytes.toString()}}`)).toMatchObject({ choices: [{}] })
  })
})

describe('a connection stays open', () => {
  it('in silence, until the client gives up, which the journal shows', async () => {
    const { emulator, ask } = await served({ faults: [{ silence: true }] })
    const client = new AbortController()
    const response = ask({ signal: client.signal })
    await expect.poll(() => emulator.requests).toHaveLength(1)
    client.abort()

    await expect(response).rejects.toThrow('aborted')
    await expect.poll(() => emulator.requests[0]?.aborted).toBe(true)
  })

  it.each(['head', 'image', 'betweenImages', 'end'] as const)(
    'when the bytes stop coming forever at: %s',
    async (stallAt) => {
      const { emulator, ask } = await served({ faults: [{ stallAt, images: 2, bytes: SMALL }] })
      const client = new AbortController()
      const response = await ask({ body: STREAM, signal: client.signal })
      const text: string[] = []
      const reading = (async () => {
        for await (const chunk of response.body ?? []) text.push(Buffer.from(chunk).toString())
      })()
      const expected = {
        head: /^$/,
        image: /;base64,[A-Za-z0-9+/]+$/,
        betweenImages: /;base64,[A-Za-z0-9+/]+=*"$/,
        end: /"usage":.*\n\n$/,
      }[stallAt]
      await expect.poll(() => text.join('')).toMatch(expected)
      client.abort()

      await expect(reading).rejects.toThrow('aborted')
      await expect.poll(() => emulator.requests[0]?.aborted).toBe(true)
    },
  )

  it('and goes on after a stall of some milliseconds', async () => {
    const { ask } = await served({ faults: [{ stallAt: 'image', stallMs: 120, bytes: SMALL }] })
    const startedAt = performance.now()
    const { bytes, error } = await received(await ask({ body: STREAM }))

    expect(error).toBeUndefined()
    expect(eventsOf(bytes.toString()).isDone).toBe(true)
    expect(performance.now() - startedAt).toBeGreaterThan(115)
  })

  it('and drips: the response comes whole, in many small pieces', async () => {
    const { ask } = await served({ faults: [{ noImage: true, dripBytesPerSecond: 2000 }] })
    const sizes: number[] = []
    for await (const chunk of (await ask()).body ?? []) sizes.push(chunk.length)

    expect(sizes.length).toBeGreaterThan(3)
    expect(Math.max(...sizes)).toBeLessThan(400)
  })

  it.each(['/chat/completions', '/images'])('while an image of %s never ends', async (path) => {
    const { emulator } = await served({ faults: [{ endlessImage: true, bytes: SMALL }] })
    const body = path === '/images' ? { model: GPT_IMAGE, prompt: 'A fox' } : STREAM
    const client = new AbortController()
    const response = await fetch(`${emulator.url}${path}`, {
      method: 'POST',
      headers: { Authorization: 'Bearer sk-or-test' },
      body: JSON.stringify(body),
      signal: client.signal,
    })
    let size = 0
    for await (const chunk of response.body ?? []) {
      size += chunk.length
      if (size > 20_000_000) break
    }
    client.abort()

    expect(size).toBeGreaterThan(20_000_000)
    await expect.poll(() => emulator.requests[0]?.aborted).toBe(true)
  })

  it('no longer than the emulator does', async () => {
    const { emulator, ask } = await served({ faults: [{ silence: true }] })
    const response = ask()
    await expect.poll(() => emulator.requests).toHaveLength(1)
    const [error] = await Promise.all([response.catch((reason: unknown) => reason), emulator.close()])
    expect(error).toMatchObject({ message: 'fetch failed' })
  })
})
