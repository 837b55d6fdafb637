import { describe, expect, it } from 'vitest'
import { readResponse, type ResponseEvent } from '../../../shared/response/read-response.ts'
import { base64, noLinks, png, read, refusal } from '../../support/shared/responses.ts'

describe('the limits', () => {
  it('of an image are 64 MiB: a larger one is cut off', { timeout: 60_000 }, async () => {
    const { body, sent, isCancelled } = endless({ images: 'one' })
    const error = await refusal(drain(readResponse(body, { fetchLinked: noLinks })))
    expect(error).toMatchObject({ code: 'billing_unknown', message: expect.stringContaining('64 MiB') })
    expect(sent()).toBeLessThan(100 * 2 ** 20)
    expect(isCancelled()).toBe(true)
  })

  it('of a linked image are the same', async () => {
    let sent = 0
    const reading = read('{"data":[{"b64_json":"https://a.example/b.png"}]}', {
      fetchLinked: async function* () {
        for (; ; sent += 2 ** 18) yield new Uint8Array(2 ** 18)
      },
    })
    expect(await refusal(reading)).toMatchObject({
      code: 'billing_unknown',
      message: expect.stringContaining('64 MiB'),
    })
    expect(sent).toBe(64 * 2 ** 20)
  })

  it('of all images are 256 MiB together: what came whole before is kept', { timeout: 60_000 }, async () => {
    const { body, sent, isCancelled } = endless({ images: 'many' })
    const seen = await drain(readResponse(body, { fetchLinked: noLinks }))
    expect(seen.images).toBeGreaterThan(10)
    expect(seen.last).toMatchObject({ type: 'done', problems: [expect.stringContaining('256 MiB')] })
    expect(sent()).toBeLessThan(400 * 2 ** 20)
    expect(isCancelled()).toBe(true)
  })

  it('of a body are 512 MiB, whatever it holds', { timeout: 60_000 }, async () => {
    const { body, isCancelled } = endless({ images: 'none' })
    const error = await refusal(drain(readResponse(body, { fetchLinked: noLinks })))
    expect(error).toMatchObject({ code: 'billing_unknown', message: expect.stringContaining('512 MiB') })
    expect(isCancelled()).toBe(true)
  })
})

/** A response that never ends: one image, images of 16 MiB each, or an unknown field. */
function endless({ images }: { readonly images: 'one' | 'many' | 'none' }) {
  const start = { one: '{"data":[{"b64_json":"', many: '{"data":[', none: '{"x_unknown":"' }[images]
  const large = png(4096, 4096, Buffer.alloc(2 ** 24))
  const piece =
    images === 'many' ? `{"b64_json":"${base64(large)}"},` : base64(large.subarray(0, 33 + 3 * 2 ** 16))
  const chunks = [Buffer.from(start)]
  let sent = 0
  let cancelled = false
  const next = Buffer.from(piece)
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = chunks.shift() ?? next
        sent += chunk.length
        controller.enqueue(chunk)
      },
      cancel() {
        cancelled = true
      },
    },
    { highWaterMark: 0 },
  )
  return { body: new Response(body), sent: () => sent, isCancelled: () => cancelled }
}

/** Reads to the end, holding nothing. */
async function drain(events: AsyncIterable<ResponseEvent>) {
  let images = 0
  let last: ResponseEvent | undefined
  for await (const event of events) {
    if (event.type === 'image') images++
    last = event
  }
  return { images, last }
}
