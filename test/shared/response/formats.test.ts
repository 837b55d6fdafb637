import { describe, expect, it } from 'vitest'
import { readAnswer } from '../../../shared/response/read-response.ts'
import { UpstreamError } from '../../../shared/errors.ts'
import {
  chunk,
  dataUrl,
  event,
  FORMAT_NAMES,
  FORMATS,
  imagesOf,
  png,
  read,
  USAGE,
} from '../../support/shared/responses.ts'

const first = png(1024, 768, Buffer.from([1, 2, 3]))
const second = png(512, 512, Buffer.from([4]))
const usage = { costUsd: 0.0387, promptTokens: 8, completionTokens: 1290 }

describe.each(FORMAT_NAMES)('a %s', (name) => {
  const { body, isStream } = FORMATS[name]

  it('gives every image in order, and ends with the bill', async () => {
    const events = await read(body([first, second]), { isStream, headers: { 'X-Generation-Id': 'gen-1' } })

    expect(imagesOf(events)).toEqual([first, second])
    expect(events.filter(({ type }) => type === 'image')).toMatchObject([
      { index: 0, image: { mediaType: 'image/png', width: 1024, height: 768, byteLength: first.length } },
      { index: 1, image: { mediaType: 'image/png', width: 512, height: 512, byteLength: second.length } },
    ])
    expect(events.at(-1)).toMatchObject({ type: 'done', usage, generationId: 'gen-1' })
    expect(events.filter(({ type }) => type === 'done')).toHaveLength(1)
  })

  it.each([
    ['escaped slashes', (text: string) => text.replaceAll('/', String.raw`\/`)],
    ['slashes as \\u002f', (text: string) => text.replaceAll('/', String.raw`\u002f`)],
    [
      'slashes as \\u002F and letters escaped',
      (text: string) =>
        text
          .replaceAll('/', String.raw`\u002F`)
          .replaceAll('"b64_json"', String.raw`"\u0062\u0036\u0034_json"`),
    ],
    ['white space between tokens', (text: string) => text.replaceAll('":', '" \t:  ')],
  ])('may have %s', async (_what, change) => {
    expect(imagesOf(await read(change(body([slashes, first])), { isStream }))).toEqual([slashes, first])
  })

  it('may have its keys in any order', async () => {
    const reversed = body([first]).replaceAll(/\{.*\}/g, (json) => JSON.stringify(reverse(JSON.parse(json))))
    const events = await read(reversed, { isStream })
    expect(imagesOf(events)).toEqual([first])
    expect(events.at(-1)).toMatchObject({ usage })
  })

  it('may begin with a byte order mark', async () => {
    expect(imagesOf(await read(`\uFEFF${body([first])}`, { isStream }))).toEqual([first])
  })

  it.each([
    ['a huge text', JSON.stringify('x"\\/é'.repeat(200_000))],
    ['a huge list', JSON.stringify(Array.from({ length: 100_000 }, (_, i) => [i, { a: null }]))],
    ['nesting deeper than the stack', `${'['.repeat(200_000)}${']'.repeat(200_000)}`],
    ['nested objects', `${'{"a":'.repeat(100_000)}-1.5e+3${'}'.repeat(100_000)}`],
  ])('may hold %s in an unknown field', async (_what, value) => {
    const text = body([first]).replaceAll(/\{(?="(id|created|type)")/g, `{"x_unknown":${value},`)
    expect(text.length).toBeGreaterThan(100_000)
    expect(imagesOf(await read(text, { isStream }))).toEqual([first])
  })

  it('may hold bytes that are no UTF-8 where nobody looks', async () => {
    const text = Buffer.from(body([first]).replace('{', '{"x_unknown":"?",'))
    text[text.indexOf('?')] = 0xff
    expect(imagesOf(await read([text], { isStream }))).toEqual([first])
  })
})

describe('an event stream', () => {
  const { body } = FORMATS['chat stream']

  it.each([
    ['CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
    ['CR', (text: string) => text.replaceAll('\n', '\r')],
    ['other fields', (text: string) => text.replaceAll('data: {', 'event: message\nid: 7\nretry\ndata: {')],
    ['no space after the colon', (text: string) => text.replaceAll('data: ', 'data:')],
    ['empty data', (text: string) => `data:\n\ndata\n\ndata: \n\n${text}`],
    ['comments of any length', (text: string) => `:${'x'.repeat(100_000)}\n\n:\n\n${text}`],
    ['no [DONE]', (text: string) => text.replace('data: [DONE]\n\n', '')],
    ['no end of the last line', (text: string) => text.replace('\n\ndata: [DONE]\n\n', '')],
    [
      'data over several lines',
      (text: string) => text.replaceAll(',"', ',\ndata: "').replaceAll('}]', '}\r\ndata:]'),
    ],
    [
      'a comment within an event',
      (text: string) => text.replaceAll(',"', ',\n: still here\nevent: x\ndata: "'),
    ],
    ['lines of data ended by CR', (text: string) => text.replaceAll(',"', ',\rdata: "')],
  ])('may have %s', async (_what, change) => {
    const events = await read(change(body([first, second])), { isStream: true })
    expect(imagesOf(events)).toEqual([first, second])
    expect(events.at(-1)).toMatchObject({ type: 'done', usage })
  })

  it('is known by its type, however that is written', async () => {
    const headers = { 'Content-Type': 'Text/Event-Stream; charset=utf-8' }
    expect(imagesOf(await read(body([first]), { headers }))).toEqual([first])
  })

  it('hands text, previews and images out in the order in which they came', async () => {
    const partial = { type: 'image_generation.partial_image', partial_image_index: 1 }
    const stream = [
      event({ type: 'image_generation.text_chunk', phase: 'content', text: '<svg' }),
      event({ ...partial, b64_json: first.toString('base64') }),
      event({
        type: 'image_generation.completed',
        b64_json: SVG.toString('base64'),
        created: 1,
        usage: USAGE,
      }),
      'data: [DONE]\n\n',
    ].join('\n\n')
    const events = await read(stream, { isStream: true })

    expect(events).toMatchObject([
      { type: 'text', text: '<svg' },
      { type: 'partial', index: 1, image: { width: 1024, height: 768 } },
      { type: 'image', index: 0, image: { mediaType: 'image/svg+xml', width: 30, height: 20 } },
      { type: 'done', usage },
    ])
  })

  it('loses no image to a preview that is none', async () => {
    const broken = event({ type: 'image_generation.partial_image', partial_image_index: 0, b64_json: 'QUJD' })
    const events = await read(`${broken}\n\n${FORMATS['images stream'].body([first])}`, { isStream: true })
    expect(imagesOf(events)).toEqual([first])
    expect(events.filter(({ type }) => type === 'partial')).toHaveLength(1)
  })

  it('hands out what has come before the rest has', async () => {
    const text = event(chunk({ content: 'Wait' }))
    const image = event(chunk({ images: [{ image_url: { url: dataUrl(first) } }] }))
    const cut = new Error('gone')
    const seen: string[] = []
    await readInto(seen, [Buffer.from(`${text}\n\n${image}\n\n`), cut])
    expect(seen).toEqual(['text', 'image', 'upstream_invalid'])
  })
})

const slashes = png(16, 16, Buffer.from('/'.repeat(300).concat('fff'), 'base64'))
const SVG = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"/>')

function reverse(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reverse)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]) => [key, reverse(inner)])
      .toReversed(),
  )
}

async function readInto(seen: string[], chunks: readonly (Uint8Array | Error)[]): Promise<void> {
  const body = ReadableStream.from(
    (async function* () {
      for (const one of chunks) {
        if (one instanceof Error) throw one
        yield one
      }
    })(),
  )
  const response = new Response(body, { headers: { 'Content-Type': 'text/event-stream' } })
  try {
    for await (const { type } of readAnswer(response, { fetchLinked: () => Promise.reject(new Error()) }))
      seen.push(type)
  } catch (error) {
    seen.push(error instanceof UpstreamError ? error.code : String(error))
  }
}
