import { describe, expect, it } from 'vitest'
import { BrokenImageError } from '../../../shared/media/broken-image-error.ts'
import { readResponse } from '../../../shared/response/read-response.ts'
import {
  base64,
  chunk,
  dataUrl,
  event,
  FORMAT_NAMES,
  FORMATS,
  imagesOf,
  png,
  read,
  refusal,
  seenEvents,
  USAGE,
} from '../../support/shared/responses.ts'

const PNG = png(64, 64, Buffer.from([1, 2, 3, 4]))
const JPEG = Buffer.from(
  'ffd8ffe000104a46494600010100000100010000ffc0000b080010002001011100ffda0008010100003f00ffd9',
  'hex',
)
const chatJson = (url: string, more: object = {}): string =>
  JSON.stringify({ choices: [{ message: { images: [{ image_url: { url } }] }, ...more }] })

describe('base64', () => {
  const text = base64(PNG)

  it.each([
    ['line breaks', text.replaceAll(/.{20}/g, '$&\n')],
    ['spaces, tabs and carriage returns', text.replaceAll(/.{7}/g, '$& \t\r\n')],
    ['no padding', text.replaceAll('=', '')],
    ['spaces in its padding', text.replace(/=?=?$/, ' = ').replace(' = ', text.endsWith('==') ? '= =' : '=')],
  ])('with %s is decoded all the same', async (_what, spoiled) => {
    expect(imagesOf(await read(chatJson(`data:image/png;base64,${spoiled}`)))).toEqual([PNG])
    expect(imagesOf(await read(JSON.stringify({ data: [{ b64_json: spoiled }] })))).toEqual([PNG])
  })

  it.each([
    ['a foreign character', `${text.slice(0, 20)}*${text.slice(21)}`],
    ['an URL-safe digit', `${text.slice(0, 20)}-${text.slice(21)}`],
    ['a letter beyond ASCII', `${text.slice(0, 20)}é${text.slice(21)}`],
    ['too much padding', `${text}===`],
    ['digits after the padding', `${text.replaceAll('=', '')}=A`],
    ['an end within a byte', `${base64(PNG.subarray(0, 36))}A`],
    ['a control character', `${text.slice(0, 20)}\u0001${text.slice(21)}`],
  ])('with %s is refused', async (_what, spoiled) => {
    const error = await refusal(read(JSON.stringify({ data: [{ b64_json: spoiled }] })))
    expect(error).toMatchObject({ code: 'upstream_invalid', mayHaveBeenBilled: false, retryable: false })
  })
})

describe('the bytes', () => {
  it('decide the type, whatever the response says it is', async () => {
    const [image] = await read(chatJson(dataUrl(JPEG, 'image/png')))
    expect(image).toMatchObject({ image: { mediaType: 'image/jpeg', width: 32, height: 16 } })
  })

  it.each([
    ['none', ''],
    ['words', base64(Buffer.from('Sorry, no image today.'))],
    ['half a header', base64(PNG.subarray(0, 20))],
    ['a file cut before its end', base64(PNG.subarray(0, -1))],
    ['a BMP', base64(Buffer.concat([Buffer.from('BM'), Buffer.alloc(60, 1)]))],
    ['a PDF', base64(Buffer.from('%PDF-1.7\n'))],
    ['HTML', base64(Buffer.from('<!doctype html><svg-like>'))],
    ['a PNG of no width', base64(png(0, 64))],
  ])('of %s are no image', async (_what, text) => {
    const error = await refusal(read(JSON.stringify({ data: [{ b64_json: text }] })))
    expect(error.code).toBe('upstream_invalid')
  })

  it('may be an SVG, in base64 or percent-encoded', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 20"><text>é</text></svg>'
    for (const url of [
      dataUrl(Buffer.from(svg), 'image/svg+xml'),
      `data:image/svg+xml,${encodeURIComponent(svg)}`,
    ]) {
      const events = await read(chatJson(url))
      expect(events[0]).toMatchObject({ image: { mediaType: 'image/svg+xml', width: 30, height: 20 } })
      expect(imagesOf(events)[0]?.toString()).toBe(svg)
    }
  })
})

describe('a response', () => {
  it.each([
    ['is empty', ''],
    ['is HTML', '<html><body>Log in to the network</body></html>'],
    ['holds a number too long', `{"id": ${'9'.repeat(5000)}}`],
    ['ends in an escape', '{"id": "\\'],
    ['holds a bad escape', '{"id": "\\q"}'],
    ['holds a bare word', '{"id": nope}'],
    ['has a bracket too many', ']'],
    ['has no colon', '{"id" "x"}'],
    ['has no comma', '{"id": "x" "model": "y"}'],
  ])('that %s is garbled, and may have been billed', async (_what, text) => {
    const error = await refusal(read([Buffer.from(text)], { headers: { 'X-Generation-Id': 'gen-7' } }))
    expect(error).toMatchObject({ code: 'billing_unknown', mayHaveBeenBilled: true, generationId: 'gen-7' })
  })

  it.each([
    'null',
    '[]',
    '{}',
    '"text"',
    '7',
    '{"choices": 5, "data": "x", "error": null}',
    '{"data": [null, {}]}',
  ])('of %s holds no image', async (text) => {
    expect((await refusal(read(text))).code).toBe('no_image')
  })

  it('without an image is quoted, on one line and cut', async () => {
    const content = `I cannot\n\n  generate that. ${'z'.repeat(1000)}`
    const { message, code } = await refusal(read(JSON.stringify({ choices: [{ message: { content } }] })))
    expect(code).toBe('no_image')
    expect(message).toContain('It said: “I cannot generate that. zzz')
    expect(message.length).toBeLessThan(450)
  })

  it('loses no image to an odd entry beside it', async () => {
    const images = [null, { image_url: 7 }, { foo: 1 }, { image_url: { url: dataUrl(PNG) } }]
    const events = await read(JSON.stringify({ choices: [null, 7, { message: { images, content: 7 } }] }))
    expect(imagesOf(events)).toEqual([PNG])
  })

  it('of a stream that says nothing is no image, not a hang', async () => {
    expect((await refusal(read(': OPENROUTER PROCESSING\n\n', { isStream: true }))).code).toBe(
      'billing_unknown',
    )
    expect((await refusal(read('data: [DONE]\n\n', { isStream: true }))).code).toBe('no_image')
  })

  it('that is complete without an image, or with broken ones, says what was billed', async () => {
    const headers = { 'X-Generation-Id': 'gen-7' }
    const billed = { billedUsd: USAGE.cost, generationId: 'gen-7', extras: { billedUsd: USAGE.cost } }
    const without = await refusal(read(FORMATS['chat stream'].withTexts([]), { isStream: true, headers }))
    expect(without).toMatchObject({ code: 'no_image', ...billed })
    expect(without.message).toContain('$0.0387')
    const broken = await refusal(
      read(FORMATS['chat stream'].withTexts(['QUJD', 'Q*JD']), { isStream: true, headers }),
    )
    expect(broken).toMatchObject({ code: 'upstream_invalid', ...billed })
    expect(broken.message).toContain('Image 1 is broken: its bytes are not')
    expect(broken.message).toContain('Image 2 is broken: it holds a character that is not base64.')
  })

  it('of a stream that is finished, though not by [DONE], holds no image', async () => {
    const text = FORMATS['chat stream'].withTexts([]).replace('data: [DONE]', '')
    expect(await refusal(read(text, { isStream: true }))).toMatchObject({
      code: 'no_image',
      billedUsd: USAGE.cost,
    })
  })

  it('without a body may have been billed', async () => {
    const reading = readResponse(new Response(null), { fetchLinked: () => bytesOf(Buffer.of()) }).next()
    expect((await refusal(reading)).code).toBe('billing_unknown')
  })

  it.each([
    ['in an image throws the caller’s reason', 0.5, ['text'], 'the caller has had enough'],
    ['after a whole image is done with it: it is paid for', 1, ['text', 'image', 'done'], undefined],
  ] as const)('cut by the caller %s', async (_, part, events, reason) => {
    for (const name of ['AbortError', 'TimeoutError']) {
      const controller = new AbortController()
      const cut = new DOMException('stop', name)
      const bytes = Buffer.from(FORMATS['chat stream'].body([PNG]))
      const whole = bytes.length - 20
      const reading = seenEvents([bytes.subarray(0, whole * part), cut], {
        isStream: true,
        signal: controller.signal,
      })
      const seen: string[] = []
      let thrown: unknown
      try {
        for await (const { type } of reading) {
          seen.push(type)
          controller.abort(new Error('the caller has had enough'))
        }
      } catch (error) {
        thrown = error
      }
      expect({ seen, thrown }).toEqual({ seen: events, thrown: reason && new Error(reason) })
    }
  })
})

describe('an error inside a body', () => {
  it.each<[what: string, text: string, isStream: boolean]>([
    ['a JSON body', JSON.stringify({ error: failure() }), false],
    ['a choice', JSON.stringify({ choices: [{ error: failure(), message: {} }] }), false],
    ['a chat stream', event({ ...chunk({ content: '' }, 'error'), error: failure() }), true],
    [
      'an images stream',
      event({ type: 'error', error: { ...failure(), code: '502', param: null, metadata: undefined } }),
      true,
    ],
    ['a finish reason alone', event(chunk({ content: '' }, 'error')), true],
    ['a sentence', JSON.stringify({ error: 'Provider sk-or-v1-secret disconnected' }), false],
  ])('in %s is that error', async (_what, text, isStream) => {
    const error = await refusal(read(`${text}\n\n`, { isStream }))
    expect(error).toMatchObject({ code: 'upstream_failed', upstreamStatus: 502, retryable: true })
    expect(error.message).not.toContain('secret')
  })

  it.each(FORMAT_NAMES)('after an image in a %s is a problem beside it', async (name) => {
    const { body, isStream } = FORMATS[name]
    const text = isStream
      ? body([PNG]).replace('data: [DONE]', event({ error: failure() }))
      : body([PNG]).replace(/\}$/, `,"error":${JSON.stringify(failure())}}`)
    const events = await read(text, { isStream })
    expect(imagesOf(events)).toEqual([PNG])
    expect(events.at(-1)).toMatchObject({
      usage: { costUsd: USAGE.cost },
      problems: [expect.stringContaining('OpenRouter reported: ')],
    })
    expect(JSON.stringify(events.at(-1))).not.toContain('secret')
  })

  it.each(FORMAT_NAMES)('after a broken image in a %s is that error', async (name) => {
    const { withTexts, isStream } = FORMATS[name]
    const text = isStream
      ? withTexts(['QUJD']).replace('data: [DONE]', event({ error: failure() }))
      : withTexts(['QUJD']).replace(/\}$/, `,"error":${JSON.stringify(failure())}}`)
    expect((await refusal(read(text, { isStream }))).code).toBe('upstream_failed')
  })

  it.each([408, 504, 522])('of status %i may have been billed', async (code) => {
    const error = await refusal(read(event({ error: { ...failure(), code } }), { isStream: true }))
    expect(error).toMatchObject({ code: 'billing_unknown', retryable: false, upstreamStatus: code })
  })

  it.each([
    ['a refusal', { delta: { refusal: 'I can’t generate people.' } }],
    ['a content filter', { finish_reason: 'content_filter', delta: { content: 'I can’t generate people.' } }],
  ])('that is %s gives the reason', async (_what, choice) => {
    const error = await refusal(read(event({ choices: [choice] }), { isStream: true }))
    expect(error).toMatchObject({ code: 'refused', retryable: false })
    expect(error.message).toContain('“I can’t generate people.”')
  })
})

describe('an image that is only linked', () => {
  it('is fetched, and identified by its bytes', async () => {
    const asked: string[] = []
    const link = 'https://cdn.example.com/a%20b.png?sig=x/y'
    const events = await read(chatJson(link).replaceAll('/', String.raw`\/`), {
      fetchLinked(url) {
        asked.push(url)
        return bytesOf(PNG)
      },
    })
    expect(asked).toEqual([link])
    expect(imagesOf(events)).toEqual([PNG])
  })

  it.each<[what: string, fetchLinked: () => AsyncIterable<Uint8Array<ArrayBuffer>>]>([
    ['is no image', () => bytesOf(Buffer.from('<html>'))],
    ['is cut', () => bytesOf(PNG.subarray(0, 60))],
    ['can’t be fetched', notThere],
  ])('that %s is broken, and costs none of the others', async (_what, fetchLinked) => {
    expect((await refusal(read(chatJson('https://a.example/b.png'), { fetchLinked }))).code).toBe(
      'upstream_invalid',
    )
    const mixed = FORMATS['chat JSON']
      .body([PNG])
      .replace('"images":[', '"images":[{"image_url":{"url":"https://a.example/"}},')
    const events = await read(mixed, { fetchLinked })
    expect(imagesOf(events)).toEqual([PNG])
    expect(events.at(-1)).toMatchObject({ problems: [expect.stringMatching(/^Image 1 is broken: /)] })
  })

  it.each([
    ['link', 'https://a.example/'],
    ['data: URL', 'data:image/svg+xml,'],
  ])('by a %s that is too long is broken', async (_what, start) => {
    const text = chatJson(start + 'x'.repeat(9_000_000))
    expect((await refusal(read(text))).message).toContain('too long')
  })
})

async function* bytesOf(bytes: Buffer): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  yield new Uint8Array(bytes)
}

function notThere(): never {
  throw new BrokenImageError('its link can’t be fetched (status 404)')
}

function failure(): object {
  return {
    code: 502,
    message: 'Provider sk-or-v1-secret disconnected',
    metadata: { error_type: 'provider_unavailable' },
  }
}
