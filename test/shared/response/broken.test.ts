import { describe, expect, it } from 'vitest'
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
    expect(error).toMatchObject({ code: 'upstream_invalid', mayHaveBeenPaid: true, retryable: false })
  })
})

describe('the bytes', () => {
  it('decide the type, whatever the answer says it is', async () => {
    const [image] = await read(chatJson(dataUrl(JPEG, 'image/png')))
    expect(image).toMatchObject({ image: { mediaType: 'image/jpeg', width: 32, height: 16 } })
  })

  it.each([
    ['none', ''],
    ['words', base64(Buffer.from('Sorry, no image today.'))],
    ['half a header', base64(PNG.subarray(0, 20))],
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

describe('an answer', () => {
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
    ['holds text that is no UTF-8', Buffer.from('{"id": "\u00ff"}', 'latin1')],
  ])('that %s is refused as broken', async (_what, text) => {
    expect((await refusal(read([Buffer.from(text)]))).code).toBe('upstream_invalid')
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
      'upstream_invalid',
    )
    expect((await refusal(read('data: [DONE]\n\n', { isStream: true }))).code).toBe('no_image')
  })

  it('with several images is whole only when the stream says so', async () => {
    const completed = { type: 'image_generation.completed', b64_json: base64(PNG), created: 1 }
    const one = `${event(completed)}\n\n`
    expect((await refusal(read(one, { isStream: true }))).code).toBe('upstream_invalid')
    expect(imagesOf(await read(`${one}${one}data: [DONE]\n\n`, { isStream: true }))).toEqual([PNG, PNG])
  })

  it('keeps the meaning of an abort', async () => {
    for (const name of ['AbortError', 'TimeoutError']) {
      const abort = new DOMException('stop', name)
      const start = Buffer.from(FORMATS['chat stream'].body([PNG])).subarray(0, 200)
      await expect(read([start, abort], { isStream: true })).rejects.toBe(abort)
    }
  })
})

describe('an error inside an answer', () => {
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

  it.each(FORMAT_NAMES)('after an image in a %s keeps it from counting as done', async (name) => {
    const { body, isStream } = FORMATS[name]
    const text = isStream
      ? body([PNG]).replace('data: [DONE]', event({ error: failure() }))
      : body([PNG]).replace(/\}$/, `,"error":${JSON.stringify(failure())}}`)
    expect((await refusal(read(text, { isStream }))).code).toBe('upstream_failed')
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
      fetchLinked: async (url) => {
        asked.push(url)
        return [new Uint8Array(PNG)]
      },
    })
    expect(asked).toEqual([link])
    expect(imagesOf(events)).toEqual([PNG])
  })

  it('is not fetched for a preview', async () => {
    const partial = { type: 'image_generation.partial_image', b64_json: 'https://a.example/b.png' }
    const stream = `${event(partial)}\n\n${FORMATS['images stream'].body([PNG])}`
    expect(imagesOf(await read(stream, { isStream: true }))).toEqual([PNG])
  })

  it('that is no image is refused', async () => {
    const reading = read(chatJson('https://a.example/b.png'), { fetchLinked: fetchHtml })
    expect((await refusal(reading)).code).toBe('upstream_invalid')
  })
})

async function fetchHtml(): Promise<Uint8Array<ArrayBuffer>[]> {
  return [new Uint8Array(Buffer.from('<html>'))]
}

function failure(): object {
  return {
    code: 502,
    message: 'Provider sk-or-v1-secret disconnected',
    metadata: { error_type: 'provider_unavailable' },
  }
}
