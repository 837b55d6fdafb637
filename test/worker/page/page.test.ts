import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EMULATOR_KEY } from '../../../worker/settings.ts'
import { bearer, CREDENTIALS, type RunningEasel, startEasel, TOKENS } from '../../support/worker/easel.ts'

let easel: RunningEasel

beforeAll(async () => {
  easel = await startEasel({
    vars: {
      ...CREDENTIALS,
      EASEL_ACCESS: 'signed',
      OPENROUTER_API_KEY: EMULATOR_KEY,
      EASEL_DAILY_BUDGET_USD: '',
    },
  })
})

afterAll(() => easel.close())

/** Posts the form as a browser without script does. */
async function submit(
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = { 'Sec-Fetch-Site': 'same-origin' },
): Promise<{ readonly status: number; readonly html: string }> {
  const response = await easel.get('/', { method: 'POST', body: new URLSearchParams(fields), headers })
  return { status: response.status, html: await response.text() }
}

describe('the page', () => {
  it('is there for everybody, without a script, style or address of another origin, and nothing inline', async () => {
    const response = await easel.get('/')
    const html = await response.text()
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toMatch(/^text\/html/)
    expect(response.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self';.*frame-ancestors 'none'/,
    )
    expect(response.headers.get('content-security-policy')).not.toMatch(/unsafe|https?:|\*/)
    expect(html).not.toMatch(/<script(?![^>]* src=)|<style| style=|\son[a-z]+=|(src|href)="(https?:)?\/\//)
    expect(html).toContain('Access: signed')
  })

  it('says that images are emulated, where they are', async () => {
    const html = await (await easel.get('/')).text()
    expect(html).toContain('Images come from the offline emulator')
    expect(html).toContain('The limits work as they would: $1 for one request.')
    expect(html).not.toContain('Infinity')
  })

  it('loads less than 60 kB compressed at first, from names that never change their content', async () => {
    const html = await (await easel.get('/')).text()
    const paths = Array.from(html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g), ([, path = '']) => path)
    let total = gzipSync(html).length
    for (const path of paths) {
      const response = await easel.get(path)
      expect([path, response.status]).toEqual([path, 200])
      expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
      total += gzipSync(await response.arrayBuffer()).length
    }
    expect(paths).toHaveLength(3)
    expect(total).toBeLessThan(60_000)
  })

  it('fills the form from its URL, and lets nobody write HTML into it', async () => {
    const query = new URLSearchParams({
      prompt: '</textarea><script>1</script>',
      model: 'openai/gpt-image-1',
    })
    const html = await (await easel.get(`/?${query.toString()}`)).text()
    expect(html).not.toContain('<script>1')
    expect(html).toContain('&lt;/textarea&gt;')
    expect(html).toMatch(/<option value="openai\/gpt-image-1" selected/)
  })
})

describe('the form without script', () => {
  it('generates once, and shows the image, its address and its cost', async () => {
    const fields = { prompt: 'Without script', aspect_ratio: '3:2', quality: '', token: TOKENS.docs }
    const { status, html } = await submit(fields)
    const src = /<img src="(\/i\/[0-9a-f]{64}\.png)" width="1248" height="832"/.exec(html)?.[1]
    expect(status).toBe(200)
    expect(html).toContain('Generated for $')
    expect((await easel.get(src ?? '')).status).toBe(200)
    expect(html).not.toContain(TOKENS.docs)

    expect((await submit(fields)).html).toContain('Already cached')
    expect(easel.generations('Without script')).toHaveLength(1)
  })

  it.each([
    ['without a token', { prompt: 'No' }, 401, /POST needs a token/],
    ['with a wrong token', { prompt: 'No', token: 'nonsense' }, 403, /unknown, or was revoked/],
    ['without a prompt', { prompt: ' ', token: TOKENS.docs }, 400, /prompt-error"[^>]*>[^<]*prompt/],
    [
      'with a field that is wrong',
      { prompt: 'No', n: '99', token: TOKENS.docs },
      400,
      /n-error">[^<]*n is 99/,
    ],
    [
      'with a field that the model does not have',
      { prompt: 'No', model: 'bytedance-seed/seedream-4.5', quality: 'high', token: TOKENS.docs },
      422,
      /quality-error">[^<]*quality/,
    ],
  ] as const)('%s says what is wrong, beside the field, and pays nothing', async (_, fields, code, text) => {
    const { status, html } = await submit(fields)
    expect(status).toBe(code)
    expect(html).toMatch(text)
    expect(html).toMatch(/role="alert"/)
    expect(easel.generations('No')).toEqual([])
  })

  it('is not taken from another site', async () => {
    for (const headers of [{ 'Sec-Fetch-Site': 'cross-site' }, { Origin: 'https://evil.example' }]) {
      const { status } = await submit({ prompt: 'Elsewhere', token: TOKENS.docs }, headers)
      expect(status).toBe(403)
    }
    expect(easel.generations('Elsewhere')).toEqual([])
  })
})

describe('POST /v1/estimate', () => {
  const spec = { prompt: 'Estimated', model: 'bytedance-seed/seedream-4.5' }

  it('says what a spec would cost and whether it is cached, and spends nothing', async () => {
    const before = await estimate(spec)
    expect(before).toMatchObject({ status: 200, body: { model: spec.model, usd: 0.04, cached: false } })
    expect(easel.generations('Estimated')).toEqual([])
    await easel.post('/v1/images', spec, bearer(TOKENS.docs))
    expect(await estimate(spec)).toMatchObject({
      body: { cached: true, fingerprint: before.body['fingerprint'] },
    })
  })

  it('refuses what generating would refuse', async () => {
    expect(await estimate({ ...spec, quality: 'high' })).toMatchObject({
      status: 422,
      body: { code: 'unsupported_by_model', field: 'quality' },
    })
    expect(await estimate({ prompt: '' })).toMatchObject({ status: 400, body: { field: 'prompt' } })
  })
})

describe('POST /v1/images with Accept: text/event-stream', () => {
  it('tells of the previews of a model that streams, and of the image', async () => {
    easel.upstream.setFaults([{ match: 'Streamed', latencyMs: 300 }])
    const events = await eventsOf({ prompt: 'Streamed', model: 'openai/gpt-image-1' })
    expect(events[0]).toMatchObject({ event: 'pending', data: { fingerprint: expect.any(String) } })
    expect(events.filter(({ event }) => event === 'preview').length).toBeGreaterThan(0)
    expect(events.at(-1)).toMatchObject({ event: 'done', data: { cache: 'miss', images: [{ width: 1024 }] } })
    expect(await eventsOf({ prompt: 'Streamed', model: 'openai/gpt-image-1' })).toMatchObject([
      { event: 'done', data: { cache: 'hit' } },
    ])
  })

  it('refuses before the stream begins, and fails in it afterwards', async () => {
    const headers = { ...bearer(TOKENS.docs).headers, Accept: 'text/event-stream' }
    expect((await easel.post('/v1/images', { prompt: '' }, { headers })).status).toBe(400)
    easel.upstream.setFaults([{ status: 402, match: 'It fails' }])
    expect((await eventsOf({ prompt: 'It fails' })).at(-1)).toMatchObject({
      event: 'error',
      data: { code: 'credits_exhausted' },
    })
  })
})

async function estimate(body: object) {
  const response = await easel.post('/v1/estimate', body)
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

async function eventsOf(spec: object): Promise<{ readonly event: string; readonly data: unknown }[]> {
  const headers = { ...bearer(TOKENS.docs).headers, Accept: 'text/event-stream' }
  const response = await easel.post('/v1/images', spec, { headers })
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  return Array.from(
    (await response.text()).matchAll(/event: (.*)\ndata: (.*)\n\n/g),
    ([, event = '', data = '']) => ({ event, data: JSON.parse(data) as unknown }),
  )
}
