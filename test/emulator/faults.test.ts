import { describe, expect, it } from 'vitest'
import { createEmulator } from '../../emulator/index.ts'
import { GPT_IMAGE, chatBody, errorOf, eventsOf, get, imagesOf, post } from '../support/emulator/ask.ts'

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

  it('tell when to come back as an HTTP date', async () => {
    const emulator = createEmulator({
      now: () => Date.UTC(2026, 7, 1, 12),
      faults: [{ status: 503, retryAfterSeconds: 90, retryAfterDate: true }],
    })
    const response = await post(emulator, '/images', { model: GPT_IMAGE, prompt: 'A fox' })

    expect(response.headers.get('retry-after')).toBe('Sat, 01 Aug 2026 12:01:30 GMT')
    expect(await errorOf(response)).not.toHaveProperty('availability')
  })

  it.each([true, false])('say retryable: %s, whatever the status', async (retryable) => {
    const emulator = createEmulator({ faults: [{ status: 504, retryable }] })
    const response = await post(emulator, '/chat/completions', chatBody('A fox'))
    expect(await errorOf(response)).toMatchObject({ availability: { retryable } })
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

describe('errors after an image', () => {
  const faults = [{ status: 502, inBand: true, afterImages: 1, images: 2, bytes: 1000 }]

  it('follow it in a chat stream', async () => {
    const response = await post(
      createEmulator({ faults }),
      '/chat/completions',
      chatBody('A fox', { stream: true }),
    )
    const { events, isDone } = eventsOf(await response.text())

    expect(events).toMatchObject([
      { choices: [{ delta: { content: 'Here is your image.' } }] },
      { choices: [{ delta: { images: [{ index: 0 }] } }] },
      { error: { code: 502 }, choices: [{ finish_reason: 'error' }] },
    ])
    expect(isDone).toBe(true)
  })

  it('follow it in an images stream', async () => {
    const body = { model: GPT_IMAGE, prompt: 'A fox', stream: true }
    const { events } = eventsOf(await (await post(createEmulator({ faults }), '/images', body)).text())

    const types = events.map((event) => (event as { type: string }).type)
    expect(types.slice(-2)).toEqual(['image_generation.completed', 'error'])
    expect(types.filter((type) => type === 'image_generation.completed')).toHaveLength(1)
    expect(events.at(-2)).not.toHaveProperty('usage')
  })

  it('stand beside it in a body', async () => {
    const chat = await post(createEmulator({ faults }), '/chat/completions', chatBody('A fox'))
    const images = await post(createEmulator({ faults }), '/images', { model: GPT_IMAGE, prompt: 'A fox' })

    expect(await chat.json()).toMatchObject({
      choices: [{ message: { images: [{}] } }],
      error: { code: 502 },
    })
    expect(await images.json()).toMatchObject({ data: [{}], error: { code: 502 } })
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

  it('people choose: in the prompt, which the image doesn’t show', async () => {
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

  it('take a fault with values, written into the prompt', async () => {
    const emulator = createEmulator()
    const prompt = 'A fox [[fault:cost=-0.5,billed=false,bytes=2000,match=1e3]] and an owl'
    const ignored = await post(emulator, '/chat/completions', chatBody(prompt))
    const taken = await post(emulator, '/chat/completions', chatBody(prompt.replace(',match=1e3', '')))

    // A field of the wrong type makes the whole no fault.
    expect(await ignored.json()).not.toMatchObject({ usage: { cost: -0.5 } })
    expect(await taken.json()).toMatchObject({ usage: { cost: -0.5 } })
    expect(emulator.bills().generations.map(({ billed }) => billed)).toEqual([true, false])
  })

  it('say so when the list can’t be read', async () => {
    const response = await createEmulator().request('/emulator/faults', {
      method: 'POST',
      body: '[{"stauts":429}]',
    })
    expect(response.status).toBe(400)
    expect(await response.text()).toContain('stauts')
  })
})
