import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postUnfinished } from '../../support/worker/client.ts'
import { bearer, CREDENTIALS, type RunningEasel, startEasel, TOKENS } from '../../support/worker/easel.ts'

// The official client talks to it in test/clients; here is what that client never sends.

let easel: RunningEasel

beforeAll(async () => {
  easel = await startEasel({ vars: { ...CREDENTIALS, EASEL_ACCESS: 'signed' } })
})

afterAll(() => easel.close())

const HEADERS = { Accept: 'application/json, text/event-stream', 'Content-Type': 'application/json' }

const call = (name: string, args: object) =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } })

const send = (body: string, token: string = TOKENS.docs, signal?: AbortSignal) =>
  easel.get('/mcp', {
    method: 'POST',
    body,
    headers: { ...HEADERS, ...(token && bearer(token).headers) },
    ...(signal && { signal }),
  })

/** What every refusal looks like, whatever the request was. */
const errorWith = (code: string) => ({
  jsonrpc: '2.0',
  id: null,
  error: { code: expect.any(Number) as unknown, message: expect.any(String) as unknown, data: { code } },
})

interface ToolResult {
  readonly isError?: boolean
  readonly content: readonly { readonly type: string; readonly uri: string }[]
  readonly structuredContent: Readonly<Record<string, unknown>>
}

async function resultOf(body: string): Promise<ToolResult> {
  const text = await (await send(body)).text()
  const message = text.startsWith('{') ? text : (/^data: (.*)$/m.exec(text)?.[1] ?? '')
  return (JSON.parse(message) as { readonly result: ToolResult }).result
}

describe('/mcp', () => {
  it('generates for a call without any session, and links to the image', async () => {
    const [link] = (await resultOf(call('generate_image', { prompt: 'A fox without a session' }))).content
    expect(link?.type).toBe('resource_link')
    expect((await fetch(link?.uri ?? '')).status).toBe(200)
    expect(easel.generations('A fox without a session')).toHaveLength(1)
  })

  it('generates once for twenty equal calls at once', async () => {
    easel.upstream.setFaults([{ match: 'Twenty foxes', latencyMs: 300 }])
    const calls = Array.from({ length: 20 }, () =>
      resultOf(call('generate_image', { prompt: 'Twenty foxes' })),
    )
    const uris = (await Promise.all(calls)).map(({ content: [link] }) => link?.uri)
    easel.upstream.setFaults([])

    expect(new Set(uris).size).toBe(1)
    expect(easel.generations('Twenty foxes')).toHaveLength(1)
  })

  it('keeps the image of a call that is cancelled, and pays once for it', async () => {
    easel.upstream.setFaults([{ match: 'A cancelled fox', latencyMs: 500 }])
    const body = call('generate_image', { prompt: 'A cancelled fox' })
    const controller = new AbortController()
    const cancelled = send(body, TOKENS.docs, controller.signal).then((response) => response.text())
    await expect.poll(() => easel.generations('A cancelled fox')).toHaveLength(1)
    controller.abort()
    await expect(cancelled).rejects.toThrow()
    const { structuredContent } = await resultOf(body)
    easel.upstream.setFaults([])

    expect(structuredContent['cache']).toMatch(/^(hit|collapsed)$/)
    expect(easel.generations('A cancelled fox')).toHaveLength(1)
  })

  it('refuses arguments that a tool does not take', async () => {
    const { isError, structuredContent } = await resultOf(call('list_models', { author: 'google' }))
    expect([isError, structuredContent['field']]).toEqual([true, 'author'])
  })

  it.each([
    ['has no token', call('generate_image', { prompt: 'Not paid' }), '', 401, 'unauthorized'],
    ['has a wrong token', call('generate_image', { prompt: 'Not paid' }), 'a'.repeat(20), 403, 'forbidden'],
    ['is no JSON', 'generate_image', TOKENS.docs, 400, 'invalid_spec'],
    ['is empty', '', TOKENS.docs, 400, 'invalid_spec'],
    ['has a key twice', '{"jsonrpc":"2.0","jsonrpc":"2.0"}', TOKENS.docs, 400, 'invalid_spec'],
    ['is nested too deeply', '['.repeat(100), TOKENS.docs, 400, 'invalid_spec'],
  ])(
    'answers a request that %s in JSON-RPC’s form, and pays nothing',
    async (_, body, token, status, code) => {
      const response = await send(body, token)
      expect(response.status).toBe(status)
      expect(await response.json()).toMatchObject(errorWith(code))
      expect(easel.generations('Not paid')).toHaveLength(0)
    },
  )

  it('answers a request that is too large in JSON-RPC’s form, without waiting for the rest', async () => {
    const response = await postUnfinished(new URL('/mcp', easel.url), 33 * 2 ** 20, {
      ...HEADERS,
      ...bearer(TOKENS.docs).headers,
    })
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject(errorWith('payload_too_large'))
  })

  it('has no stream of its own to offer', async () => {
    const response = await easel.get('/mcp', { headers: HEADERS })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST, OPTIONS'])
  })
})

describe('/llms.txt', () => {
  it('is short, names this Worker, and links to pages that exist', async () => {
    const response = await easel.get('/llms.txt')
    const text = await response.text()
    const pages = Array.from(text.matchAll(/\/main\/(docs\/[\w/.-]+)\)/g), ([, path = '']) => path)
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/)
    expect(text.length).toBeLessThan(3000)
    expect(text).toContain(`${easel.url.origin}/mcp`)
    expect(pages.length).toBeGreaterThan(5)
    expect(pages.filter((path) => !existsSync(path))).toEqual([])
  })
})
