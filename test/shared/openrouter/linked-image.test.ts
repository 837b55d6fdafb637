import { describe, expect, it } from 'vitest'
import { BrokenImageError } from '../../../shared/media/broken-image-error.ts'
import { fetchLinkedImage, isPublicHttpsUrl } from '../../../shared/openrouter/linked-image.ts'
import { ConnectionCutError } from '../../../shared/response/cursor.ts'

/** A web of pages, https included, that notes who was asked. */
function web(pages: Readonly<Record<string, () => Response>>) {
  const asked: { url: string; init: RequestInit | undefined }[] = []
  const controller = new AbortController()
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : String(input)
    asked.push({ url, init })
    const page = pages[url]
    if (!page) throw new TypeError('fetch failed')
    return page()
  }
  return {
    asked,
    controller,
    async get(url: string): Promise<Uint8Array[]> {
      const chunks: Uint8Array[] = []
      for await (const chunk of fetchLinkedImage(url, { fetch, signal: controller.signal }))
        chunks.push(chunk)
      return chunks
    },
  }
}

const moved = (location: string, status = 302) =>
  new Response('', { status, headers: { Location: location } })

describe('a linked image', () => {
  it('is fetched without credentials, in the pieces in which it comes', async () => {
    const { get, asked } = web({ 'https://a.example/b.png': () => new Response(Buffer.from('bytes')) })
    expect(Buffer.concat(await get('https://a.example/b.png')).toString()).toBe('bytes')
    expect(asked).toHaveLength(1)
    expect(new Headers(asked[0]?.init?.headers).has('Authorization')).toBe(false)
    expect(asked[0]?.init?.redirect).toBe('manual')
  })

  it('may be moved three times, also by a relative address', async () => {
    const { get, asked } = web({
      'https://a.example/1': () => moved('/2', 301),
      'https://a.example/2': () => moved('https://b.example/3', 307),
      'https://b.example/3': () => moved('//c.example/4', 308),
      'https://c.example/4': () => new Response('bytes'),
    })
    expect(Buffer.concat(await get('https://a.example/1')).toString()).toBe('bytes')
    expect(asked).toHaveLength(4)
  })

  it.each([
    'http://b.example/',
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://metadata.internal/',
    'https://b.example:8443/',
    'ftp://b.example/',
  ])('may not be moved to %s', async (target) => {
    const { get, asked } = web({
      'https://a.example/1': () => moved(target),
      [target]: () => new Response('x'),
    })
    await expect(get('https://a.example/1')).rejects.toBeInstanceOf(BrokenImageError)
    expect(asked.map(({ url }) => url)).toEqual(['https://a.example/1'])
  })

  it('may not be moved in a circle', async () => {
    const { get, asked } = web({ 'https://a.example/1': () => moved('/1') })
    await expect(get('https://a.example/1')).rejects.toThrow('its link redirects too often')
    expect(asked).toHaveLength(4)
  })

  it.each([
    ['is not there', () => new Response('', { status: 404 })],
    ['moves to nowhere', () => new Response('', { status: 302 })],
    ['moves to what is no address', () => moved('https://')],
    ['breaks off', () => new Response(ReadableStream.from(breaking()))],
  ])('that %s is a broken image', async (_what, page) => {
    const { get } = web({ 'https://a.example/1': page })
    await expect(get('https://a.example/1')).rejects.toBeInstanceOf(BrokenImageError)
  })

  it('whose host does not respond is a broken image, not a bug', async () => {
    await expect(web({}).get('https://a.example/1')).rejects.toBeInstanceOf(BrokenImageError)
  })

  it('arrives in chunks of at most 256 KiB', async () => {
    const { get } = web({ 'https://a.example/1': () => new Response(Buffer.alloc(600_000, 'abc')) })
    const chunks = await get('https://a.example/1')
    expect(Buffer.concat(chunks).equals(Buffer.alloc(600_000, 'abc'))).toBe(true)
    expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThanOrEqual(2 ** 18)
  })

  it('is cancelled when the reader has had enough', async () => {
    let sent = 0
    let cancelled = false
    const endless = new ReadableStream({
      pull(controller) {
        sent += 2 ** 16
        controller.enqueue(new Uint8Array(2 ** 16))
      },
      cancel() {
        cancelled = true
      },
    })
    const fetch: typeof globalThis.fetch = async () => new Response(endless)
    const signal = new AbortController().signal
    for await (const _ of fetchLinkedImage('https://a.example/1', { fetch, signal })) break
    expect(sent).toBeLessThan(2 ** 18)
    expect(cancelled).toBe(true)
  })

  it('that is aborted is a cut connection, not a broken image', async () => {
    const { get, controller } = web({})
    controller.abort()
    await expect(get('https://a.example/1')).rejects.toBeInstanceOf(ConnectionCutError)
  })
})

describe('an address is public', () => {
  it.each([
    'https://example.com/a.png',
    'https://example.com./a.png',
    'https://8.8.8.8/',
    'https://172.32.0.1/',
    'https://100.128.0.1/',
    'https://198.20.0.1/',
    'https://[2606:4700::6810:84e5]/',
    'https://[2001:4860:4860::8888]/',
    'https://xn--bcher-kva.example/',
  ])('%s', (url) => {
    expect(isPublicHttpsUrl(url)).toBe(true)
  })

  it.each([
    'http://example.com/',
    'data:image/png;base64,QUJD',
    'file:///etc/passwd',
    'https://',
    'https://example.com:8443/',
    'https://user@example.com/',
    'https://:pass@example.com/',
    'https://localhost/',
    'https://localhost./',
    'https://a.localhost/',
    'https://printer.local/',
    'https://metadata.google.internal/',
    'https://metadata.google.internal./',
    'https://router.lan/',
    'https://intranet/',
    'https://hidden.onion/',
    'https://0.0.0.0/',
    'https://10.1.2.3/',
    'https://127.0.0.1/',
    'https://127.0.0.1./',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f.0.0.1/',
    'https://0177.0.0.1/',
    'https://１２７.0.0.1/',
    'https://100.64.0.1/',
    'https://100.127.255.255/',
    'https://169.254.169.254/latest/meta-data/',
    'https://172.16.0.1/',
    'https://172.31.255.255/',
    'https://192.0.0.8/',
    'https://192.0.2.1/',
    'https://192.88.99.1/',
    'https://192.168.1.1/',
    'https://198.18.0.1/',
    'https://198.51.100.7/',
    'https://203.0.113.7/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
    'https://[::]/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:8.8.8.8]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[100::1]/',
    'https://[2001::1]/',
    'https://[2001:2::1]/',
    'https://[2001:10::1]/',
    'https://[2001:db8::1]/',
    'https://[2002:7f00:1::]/',
    'https://[3fff::1]/',
    'https://[fc00::1]/',
    'https://[fd12:3456::1]/',
    'https://[fe80::1]/',
    'https://[ff02::1]/',
  ])('not %s', (url) => {
    expect(isPublicHttpsUrl(url)).toBe(false)
  })
})

async function* breaking(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('half')
  throw new TypeError('terminated')
}
