import { afterEach, describe, expect, it } from 'vitest'
import { imageSize } from 'image-size'
import { createEmulator } from '../../emulator/index.ts'
import type { ServeOptions, ServedEmulator } from '../../emulator/serve.ts'
import { serveEmulator } from '../../emulator/serve.ts'
import {
  GPT_IMAGE,
  chatBody,
  chatOf,
  errorOf,
  eventsOf,
  get,
  imagesOf,
  post,
} from '../support/emulator/ask.ts'

const served: ServedEmulator[] = []
afterEach(async () => {
  await Promise.all(served.splice(0).map((emulator) => emulator.close()))
})

/** Over a real socket, for what only a socket can do. */
async function serve(
  options: ServeOptions,
): Promise<{ emulator: ServedEmulator; ask: (init?: RequestInit) => Promise<Response> }> {
  const emulator = await serveEmulator(options)
  served.push(emulator)
  return {
    emulator,
    ask: (init) =>
      fetch(`${emulator.url}/chat/completions`, {
        method: 'POST',
        headers: { Authorization: 'Bearer sk-or-test', 'Content-Type': 'application/json' },
        body: JSON.stringify(chatBody('A fox')),
        ...init,
      }),
  }
}

describe('errors before the work', () => {
  it.each([
    [400, 'invalid_request'],
    [401, 'authentication'],
    [402, 'payment_required'],
    [403, 'permission_denied'],
    [404, 'not_found'],
    [408, 'timeout'],
    [413, 'payload_too_large'],
    [422, 'unprocessable'],
    [429, 'rate_limit_exceeded'],
    [500, 'server'],
    [502, 'provider_unavailable'],
    [503, 'provider_overloaded'],
    [504, 'timeout'],
    [524, 'timeout'],
    [529, 'provider_overloaded'],
  ])('%i says %s', async (status, type) => {
    for (const stream of [false, true]) {
      const response = await post(
        createEmulator({ faults: [{ status }] }),
        '/chat/completions',
        chatBody('A fox', { stream }),
      )

      expect(response.status).toBe(status)
      expect(await errorOf(response)).toMatchObject({ code: status, metadata: { error_type: type } })
    }
  })

  it('tell when to come back, and whether', async () => {
    const emulator = createEmulator({ faults: [{ status: 429, retryAfterSeconds: 3, retryable: true }] })
    const response = await post(emulator, '/images', { model: GPT_IMAGE, prompt: 'A fox' })

    expect(response.headers.get('retry-after')).toBe('3')
    expect(await errorOf(response)).toMatchObject({ availability: { retryable: true, retry_after: 3 } })
  })

  it('say why the content was refused', async () => {
    const emulator = createEmulator({
      faults: [
        { refusal: true, times: 1 },
        { status: 403, times: 1 },
      ],
    })

    expect(await errorOf(await post(emulator, '/chat/completions', chatBody('A fox')))).toMatchObject({
      code: 400,
      metadata: { error_type: 'content_policy_violation' },
    })
    expect(await errorOf(await post(emulator, '/chat/completions', chatBody('A fox')))).toMatchObject({
      code: 403,
      metadata: { reasons: ['violence'], flagged_input: 'the flagged words' },
    })
  })
})

describe('errors after the work began', () => {
  const faults = [{ status: 502, inBand: true }]

  it('stand in the body, under 200', async () => {
    const response = await post(createEmulator({ faults }), '/chat/completions', chatBody('A fox'))
    expect(response.status).toBe(200)
    expect(await errorOf(response)).toMatchObject({
      code: 502,
      metadata: { error_type: 'provider_unavailable' },
    })
  })

  it('stand in a chat stream, and end it', async () => {
    const response = await post(
      createEmulator({ faults }),
      '/chat/completions',
      chatBody('A fox', { stream: true }),
    )
    const { events, isDone } = eventsOf(await response.text())

    expect(events).toMatchObject([
      { error: { code: 502 }, choices: [{ delta: { content: '' }, finish_reason: 'error' }] },
    ])
    expect(isDone).toBe(true)
  })

  it('stand in an images stream, and end it', async () => {
    const body = { model: GPT_IMAGE, prompt: 'A fox', stream: true }
    const { events } = eventsOf(await (await post(createEmulator({ faults }), '/images', body)).text())

    expect(events).toMatchObject([{ type: 'error', error: { code: '502', type: 'provider_unavailable' } }])
  })
})

describe('which requests', () => {
  it('a fault takes: the next ones, in order, as often as it says', async () => {
    const emulator = createEmulator()
    const faults = [
      { status: 429, times: 1 },
      { status: 503, times: 2 },
    ]
    await emulator.request('/emulator/faults', { method: 'POST', body: JSON.stringify(faults) })

    const statuses: number[] = []
    for (let time = 0; time < 4; time += 1) {
      statuses.push((await post(emulator, '/chat/completions', chatBody('A fox'))).status)
    }

    expect(statuses).toEqual([429, 503, 503, 200])
    expect(await (await emulator.request('/emulator/faults')).json()).toEqual([])
  })

  it('a fault takes: those with its words or on its path', async () => {
    const emulator = createEmulator({
      faults: [
        { status: 500, match: 'fox' },
        { status: 503, path: '/models' },
      ],
    })

    expect((await post(emulator, '/chat/completions', chatBody('A cat'))).status).toBe(200)
    expect((await post(emulator, '/chat/completions', chatBody('A fox'))).status).toBe(500)
    expect((await get(emulator, '/models')).status).toBe(503)
    expect((await get(emulator, '/key')).status).toBe(200)
  })

  it('people choose: in the prompt, which is drawn without it', async () => {
    const emulator = createEmulator()
    const statuses: number[] = []
    for (let time = 0; time < 3; time += 1) {
      statuses.push(
        (await post(emulator, '/chat/completions', chatBody('A fox [[fault:529,times=2]]'))).status,
      )
    }
    expect(statuses).toEqual([529, 529, 200])

    const [plain, spoiled] = await Promise.all(
      ['A fox', 'A fox [[fault:hugeFieldBytes=1000]]'].map(async (prompt) =>
        imagesOf(await post(emulator, '/chat/completions', chatBody(prompt))),
      ),
    )
    expect(spoiled?.[0]?.bytes.equals(plain?.[0]?.bytes ?? Buffer.alloc(0))).toBe(true)
  })

  it('is told when the list can’t be read', async () => {
    const response = await createEmulator().request('/emulator/faults', {
      method: 'POST',
      body: '[{"stauts":429}]',
    })
    expect(response.status).toBe(400)
    expect(await response.text()).toContain('stauts')
  })
})

describe('spoiled answers', () => {
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
    const answer = await chatOf(new Response(await spoil({ link: 'https://example.com/a.png' })))
    expect(answer.choices[0].message.images).toEqual(
      [{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }].map(({ image_url }) => ({
        image_url,
      })),
    )
  })

  it('hold words beside the image', async () => {
    const answer = await chatOf(new Response(await spoil({ text: 'Voilà' })))
    expect(answer.choices[0].message).toMatchObject({ content: 'Voilà', images: [{}] })
  })

  it.each([
    ['characters', /\*/],
    ['padding', /===$/],
    ['whitespace', /\n/],
  ])('break base64 by its %s', async (base64, pattern) => {
    const answer = await chatOf(new Response(await spoil({ base64 })))
    expect(answer.choices[0].message.images?.[0]?.image_url.url).toMatch(pattern)
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

  it('hold a valid PNG of the size that was asked for', async () => {
    const [image] = await images({ bytes: 3_000_000 })
    expect(Math.abs((image?.bytes.length ?? 0) - 3_000_000)).toBeLessThan(30_000)
    expect(imageSize(image?.bytes ?? new Uint8Array())).toMatchObject({ type: 'png', width: 999 })
  })

  it('end early but properly', async () => {
    expect(await spoil({ endAtByte: 500 })).toHaveLength(500)
  })
})

describe('connections', () => {
  it.each([100, 50_000])('are cut after %i bytes, which arrive', async (cutAtByte) => {
    const { ask } = await serve({ faults: [{ cutAtByte, dripBytesPerSecond: 10_000_000 }] })
    const reader = (await ask()).body?.getReader()

    let received = 0
    const readToTheEnd = async (): Promise<void> => {
      for (;;) {
        const chunk = await reader?.read()
        if (chunk === undefined || chunk.done) return
        received += chunk.value.length
      }
    }

    await expect(readToTheEnd()).rejects.toThrow('terminated')
    expect(received).toBe(cutAtByte)
  })

  it('are cut before the answer', async () => {
    const { ask } = await serve({ faults: [{ cutAtByte: 0, times: 1 }] })
    await expect(ask()).rejects.toThrow('fetch failed')
    expect((await ask()).status).toBe(200)
  })

  it('stay silent until the client gives up, which the journal shows', async () => {
    const { emulator, ask } = await serve({ faults: [{ silence: true }] })
    const client = new AbortController()
    const answer = ask({ signal: client.signal })
    await until(() => emulator.requests.length === 1)
    client.abort()

    await expect(answer).rejects.toThrow('aborted')
    await until(() => emulator.requests[0]?.aborted === true)
  })

  it('drip: the answer comes whole, in many small pieces', async () => {
    const { ask } = await serve({ faults: [{ noImage: true, dripBytesPerSecond: 2000 }] })
    const sizes: number[] = []
    for await (const chunk of (await ask()).body ?? []) sizes.push(chunk.length)

    expect(sizes.length).toBeGreaterThan(3)
    expect(Math.max(...sizes)).toBeLessThan(400)
  })

  it('end at once when the emulator closes', async () => {
    const { emulator, ask } = await serve({ faults: [{ silence: true }] })
    const answer = ask()
    await until(() => emulator.requests.length === 1)
    const [error] = await Promise.all([answer.catch((reason: unknown) => reason), emulator.close()])
    expect(error).toMatchObject({ message: 'fetch failed' })
  })
})

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** The text of the answer under that fault. */
async function spoil(fault: object, body: object = chatBody('A fox')): Promise<string> {
  const emulator = createEmulator()
  await emulator.request('/emulator/faults', { method: 'POST', body: JSON.stringify([fault]) })
  return (await post(emulator, '/chat/completions', body)).text()
}

async function images(fault: object): ReturnType<typeof imagesOf> {
  return imagesOf(new Response(await spoil(fault)))
}
