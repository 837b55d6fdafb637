import { describe, expect, it } from 'vitest'
import { readResponse } from '../../../shared/response/read-response.ts'
import {
  base64,
  bodyOf,
  chunk,
  dataUrl,
  event,
  FORMAT_NAMES,
  FORMATS,
  imagesOf,
  noLinks,
  png,
  read,
  USAGE,
} from '../../support/shared/responses.ts'

const first = png(1024, 768, Buffer.from([1, 2, 3]))
const second = png(512, 512, Buffer.from([4]))
const usage = { costUsd: 0.0387, promptTokens: 8, completionTokens: 1290 }

describe.each(FORMAT_NAMES)('a %s', (name) => {
  const { body, isStream } = FORMATS[name]

  it('gives every image in order, and ends with the cost', async () => {
    const events = await read(body([first, second]), { isStream, headers: { 'X-Generation-Id': 'gen-1' } })

    expect(imagesOf(events)).toEqual([first, second])
    expect(events.filter(({ type }) => type === 'image')).toMatchObject([
      { index: 0, image: { mediaType: 'image/png', width: 1024, height: 768, byteLength: first.length } },
      { index: 1, image: { mediaType: 'image/png', width: 512, height: 512, byteLength: second.length } },
    ])
    expect(events.at(-1)).toMatchObject({ type: 'done', usage, generationId: 'gen-1', problems: [] })
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
    ['no end of the last line', (text: string) => text.replace('[DONE]\n\n', '[DONE]')],
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
    expect(events.at(-1)).toMatchObject({ type: 'done', usage, problems: [] })
  })

  it('is known by its type, however that is written', async () => {
    const headers = { 'Content-Type': 'Text/Event-Stream; charset=utf-8' }
    expect(imagesOf(await read(body([first]), { headers }))).toEqual([first])
  })

  it('gives text and images in the order in which they came, and no preview', async () => {
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
      { type: 'image', index: 0, image: { mediaType: 'image/svg+xml', width: 30, height: 20 } },
      { type: 'done', usage },
    ])
  })

  it.each([
    ['a preview', base64(first)],
    ['a preview that is no image', 'QUJD'],
    ['a preview that is no base64', 'Q*JD'],
    ['a preview that is only linked', 'https://a.example/b.png'],
  ])('says nothing of %s whose type comes first', async (_what, b64_json) => {
    const preview = event({ type: PREVIEW, partial_image_index: 0, b64_json })
    const events = await read(`${preview}\n\n${FORMATS['images stream'].body([second])}`, { isStream: true })
    expect(events.map(({ type }) => type)).toEqual(['image', 'done'])
    expect(events.at(-1)).toMatchObject({ problems: [] })
  })

  it.each([
    ['a preview', base64(first)],
    ['a preview that is no image', 'QUJD'],
    ['a preview that is no base64', 'Q*JD'],
    ['a preview that is only linked', 'https://a.example/b.png'],
  ])('discards %s whose type comes last, without a problem', async (_what, b64_json) => {
    const preview = event({ b64_json, partial_image_index: 0, type: PREVIEW })
    const events = await read(`${preview}\n\n${FORMATS['images stream'].body([second])}`, { isStream: true })
    expect(events.map(({ type }) => type)).toEqual(['discard', 'image', 'done'])
    expect(events[0]).not.toHaveProperty('problem')
    expect(imagesOf(events)).toEqual([second])
    expect(events.at(-1)).toMatchObject({ problems: [] })
  })

  it.each([
    ['no [DONE]', (text: string) => text.replace('data: [DONE]\n\n', '')],
    [
      'neither [DONE] nor the end of the last line',
      (text: string) => text.replace('\n\ndata: [DONE]\n\n', ''),
    ],
  ])('with %s keeps its images, and notes the problem', async (_what, change) => {
    const events = await read(change(body([first, second])), { isStream: true })
    expect(imagesOf(events)).toEqual([first, second])
    expect(events.at(-1)).toMatchObject({
      type: 'done',
      usage,
      problems: ['The stream ended without [DONE].'],
    })
  })

  it('passes on what has come before the rest has', async () => {
    const text = event(chunk({ content: 'Wait' }))
    const image = event(chunk({ images: [{ image_url: { url: dataUrl(first) } }] }))
    const seen: string[] = []
    const unfinished = bodyOf([Buffer.from(`${text}\n\n${image}\n\n`)])
    const reader = unfinished.getReader()
    const { value = new Uint8Array(0) } = await reader.read()
    const neverEnding = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(value) })
    const response = new Response(neverEnding, { headers: { 'Content-Type': 'text/event-stream' } })
    for await (const { type } of readResponse(response, { fetchLinked: noLinks })) {
      seen.push(type)
      if (type === 'image') break
    }
    expect(seen).toEqual(['text', 'bytes', 'image'])
  })

  it('passes on a large image in chunks while it arrives, none above 256 KiB', async () => {
    const large = png(4096, 4096, Buffer.alloc(3_000_000, 'noise, or not'))
    const bytes = Buffer.from(body([large]))
    const half = bytes.subarray(0, bytes.length / 2)
    const neverEnding = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(half) })
    const response = new Response(neverEnding, { headers: { 'Content-Type': 'text/event-stream' } })
    let seen = 0
    for await (const one of readResponse(response, { fetchLinked: noLinks })) {
      if (one.type !== 'bytes') continue
      expect(one.bytes.length).toBeLessThanOrEqual(2 ** 18)
      seen += one.bytes.length
      if (seen > 1_300_000) break
    }
    expect(seen).toBeGreaterThan(1_300_000)
    expect(imagesOf(await read([bytes], { isStream: true }))).toEqual([large])
  })
})

describe('the cost', () => {
  it.each([
    [
      'what OpenRouter charges',
      { cost: 0.04, is_byok: false, cost_details: { upstream_inference_cost: 0.03 } },
      0.04,
    ],
    [
      'that and the provider’s, with the account’s own key',
      { cost: 0.002, is_byok: true, cost_details: { upstream_inference_cost: 0.03 } },
      0.032,
    ],
    [
      'the provider’s alone, where OpenRouter charges nothing',
      { is_byok: true, cost_details: { upstream_inference_cost: 0.03 } },
      0.03,
    ],
    [
      'what OpenRouter charges, where the provider’s is not told',
      { cost: 0.002, is_byok: true, cost_details: { upstream_inference_cost: null } },
      0.002,
    ],
    ['unknown, where nobody tells', { prompt_tokens: 8 }, undefined],
    ['unknown, where it is no number', { cost: 'free' }, undefined],
  ])('is %s', async (_what, counted, costUsd) => {
    const text = FORMATS['images JSON'].body([first]).replace(JSON.stringify(USAGE), JSON.stringify(counted))
    const done = (await read(text)).at(-1)
    expect(done?.type === 'done' && done.usage?.costUsd).toBe(costUsd)
  })
})

const PREVIEW = 'image_generation.partial_image'
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
