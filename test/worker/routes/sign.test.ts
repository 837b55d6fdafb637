import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signUntil } from '../../../shared/url-signature.ts'
import {
  bearer,
  CREDENTIALS,
  type RunningEasel,
  SIGNING_KEY,
  startEasel,
  TOKENS,
} from '../../support/worker/easel.ts'

// In private mode, so that a cached image doesn't hide a signature that is wrong.

let easel: RunningEasel

beforeAll(async () => {
  const input = await sharp({ create: { width: 64, height: 64, channels: 3, background: 'red' } })
    .png()
    .toBuffer()
  easel = await startEasel({
    emulator: { fetch: async () => new Response(new Uint8Array(input)) },
    vars: { ...CREDENTIALS, EASEL_ACCESS: 'private' },
  })
})

afterAll(() => easel.close())

const QUERY =
  'prompt=Caf%C3%A9+%26+fox&seed=7&w=640&input_images=https%3A%2F%2Fa.example%2F1.png&input_images=https%3A%2F%2Fb.example%2F2.png'

interface Bend {
  readonly what: string
  readonly bend: (url: URL) => URL
  readonly init?: RequestInit
}

/** Other spellings of the same request. */
const SAME: readonly Bend[] = [
  { what: 'unchanged', bend: (url) => url },
  {
    what: 'with its parameters in another order',
    bend: inQuery((pairs) => byName(pairs).toReversed().flat()),
  },
  { what: 'with %20 for +', bend: inText((text) => text.replaceAll('+', '%20')) },
  { what: 'with unescaped characters', bend: inText((text) => text.replaceAll('%2F', '/')) },
  { what: 'with escaped letters', bend: inText((text) => text.replace('prompt=Caf', 'pr%6Fmpt=%43af')) },
  { what: 'with lower-case escapes', bend: inText((text) => text.replaceAll('%3A', '%3a')) },
  { what: 'with empty parts', bend: inText((text) => text.replace('?', '?&').replaceAll('&seed', '&&seed')) },
  { what: 'with a fragment', bend: (url) => new URL('#top', url) },
  { what: 'requested with HEAD', bend: (url) => url, init: { method: 'HEAD' } },
]

/** Everything else. */
const OTHER: readonly Bend[] = [
  { what: 'with its list in another order', bend: inQuery((pairs) => pairs.toReversed()) },
  { what: 'with its list a list of one', bend: inQuery((pairs) => pairs.toSpliced(3, 1)) },
  { what: 'with an item of its list twice', bend: inQuery((pairs) => [...pairs, pairs[3] ?? ['', '']]) },
  { what: 'with a field twice', bend: added('prompt', 'Another') },
  { what: 'with a field twice, the same', bend: added('seed', '7') },
  { what: 'with another value', bend: replaced('seed', '8') },
  { what: 'with another spelling of a number', bend: replaced('seed', '07') },
  { what: 'with an empty value', bend: replaced('seed', '') },
  { what: 'with one field less', bend: (url) => without(url, 'seed') },
  { what: 'with one field more', bend: added('take', '2') },
  { what: 'with an empty field more', bend: added('style', '') },
  { what: 'with a nameless parameter', bend: added('', '') },
  { what: 'with another case in a value', bend: replaced('prompt', 'café & fox') },
  { what: 'with another case in a name', bend: inText((text) => text.replace('prompt=', 'Prompt=')) },
  { what: 'with %2B for +', bend: inText((text) => text.replaceAll('+', '%2B')) },
  { what: 'escaped twice', bend: inText((text) => text.replace('%26', '%2526')) },
  { what: 'with an & that is not escaped', bend: inText((text) => text.replace('%26', '&')) },
  { what: 'with a semicolon for an &', bend: inText((text) => text.replace('&seed', ';seed')) },
  { what: 'with decomposed letters', bend: replaced('prompt', 'Cafe\u0301 & fox') },
  { what: 'with a look-alike letter', bend: replaced('prompt', 'Café & fоx') },
  { what: 'with a space at the end', bend: replaced('prompt', 'Café & fox ') },
  { what: 'with bytes that are no UTF-8', bend: inText((text) => text.replace('%C3%A9', '%E9')) },
  { what: 'with a line break in a value', bend: replaced('prompt', 'Café & fox\n') },
  { what: 'in another width', bend: replaced('w', '960') },
  { what: 'in a width that is rounded to the same', bend: replaced('w', '639') },
  { what: 'without a width', bend: (url) => without(url, 'w') },
  { what: 'in another format', bend: added('format', 'webp') },
  { what: 'in another quality', bend: added('q', '50') },
  { what: 'for another index', bend: added('index', '0') },
  { what: 'pinned', bend: added('v', '0123456789abcdef') },
  { what: 'at another path', bend: (url) => withPath(url, '/named/docs/fox.png') },
  { what: 'at the path of a fingerprint', bend: (url) => withPath(url, `/i/${'0'.repeat(64)}.png`) },
  { what: 'with an escaped path', bend: (url) => withPath(url, '/%69mage') },
  { what: 'with a slash at the end of the path', bend: (url) => withPath(url, '/image/') },
  { what: 'with two slashes in the path', bend: (url) => withPath(url, '//image') },
  { what: 'with another expiry', bend: replaced('exp', '4102444799') },
  { what: 'with another spelling of the expiry', bend: prefixed('exp', '0') },
  { what: 'with two expiries', bend: added('exp', '4102444799') },
  { what: 'with another key', bend: replaced('kid', 'k0') },
  { what: 'with two keys', bend: added('kid', 'k0') },
  { what: 'with two signatures', bend: added('sig', 'A'.repeat(43)) },
  { what: 'with padding on its signature', bend: suffixed('sig', '=') },
  { what: 'with a shorter signature', bend: (url) => replaced('sig', sigOf(url).slice(0, 40))(url) },
  { what: 'with its signature in lower case', bend: (url) => replaced('sig', sigOf(url).toLowerCase())(url) },
  { what: 'without a signature', bend: (url) => without(url, 'sig') },
  { what: 'without an expiry', bend: (url) => without(url, 'exp') },
  { what: 'without a key', bend: (url) => without(url, 'kid') },
  { what: 'requested with POST', bend: (url) => url, init: { method: 'POST' } },
  { what: 'requested with DELETE', bend: (url) => url, init: { method: 'DELETE' } },
  {
    what: 'at the API, with a body',
    bend: (url) => withPath(url, '/v1/images'),
    init: {
      method: 'POST',
      body: '{"prompt":"Café & fox"}',
      headers: { 'Content-Type': 'application/json' },
    },
  },
]

describe('a signed URL', () => {
  it('is valid in every spelling of the same request', async () => {
    const url = await signed(QUERY)
    const statuses: Record<string, number> = {}
    for (const { what, bend, init } of SAME) statuses[what] = (await fetch(bend(url), init)).status

    expect(statuses).toEqual(Object.fromEntries(SAME.map(({ what }) => [what, 200])))
    expect(easel.generations('Café & fox')).toHaveLength(1)
  })

  it.each(OTHER)('$what is refused, and generates nothing', async ({ bend, init }) => {
    const before = easel.upstream.requests.length
    const url = await signed(QUERY)
    const bent = bend(url)
    const response = await fetch(bent, { redirect: 'manual', ...init })

    expect(bent.href + (init?.method ?? '')).not.toBe(url.href)
    // 400 and 404 where no credential could make it valid.
    expect([400, 401, 403, 404, 405]).toContain(response.status)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(easel.upstream.requests).toHaveLength(before)
  })

  it('is refused once it has expired', async () => {
    const before = easel.upstream.requests.length
    const response = await fetch(await signed('prompt=Too+late', Date.now() - 1000))

    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ detail: expect.stringContaining('has expired') })
    expect(easel.upstream.requests).toHaveLength(before)
  })

  it('pays for one order of a list only', async () => {
    const images = ['a', 'b', 'c'].map((name) => `input_images=https%3A%2F%2F${name}.example%2F1.png`)
    const url = await signed(`prompt=Six+orders&${images.join('&')}`)
    const [a = '', b = '', c = ''] = images
    const orders = [
      [a, b, c],
      [a, c, b],
      [b, a, c],
      [b, c, a],
      [c, a, b],
      [c, b, a],
    ]
    const statuses = []
    for (const order of orders) {
      const bent = new URL(url.href.replace(images.join('&'), order.join('&')))
      statuses.push((await fetch(bent)).status)
    }

    expect(statuses).toEqual([200, 403, 403, 403, 403, 403])
    expect(easel.generations('Six orders')).toHaveLength(1)
  })
})

describe('POST /v1/sign', () => {
  it('signs for a week by default', async () => {
    const { url, expires } = (await (await sign({ spec: { prompt: 'A week' } })).json()) as {
      url: string
      expires: string
    }

    expect((Date.parse(expires) - Date.now()) / 86_400_000).toBeCloseTo(7, 2)
    expect(new URL(url).searchParams.get('exp')).toBe(String(Date.parse(expires) / 1000))
  })

  it.each([
    ['a width of no image', { delivery: { w: 8193 } }, 'w'],
    ['an unknown format', { delivery: { format: 'gif' } }, 'format'],
    ['a quality above 100', { delivery: { q: 101 } }, 'q'],
    ['an unknown field', { spec: { prompt: 'x', colour: 'red' } }, 'colour'],
    ['an unknown preset', { spec: { prompt: 'x', preset: 'none' } }, 'preset'],
    ['no prompt', { spec: {} }, 'prompt'],
    ['an object that no URL holds', { spec: { prompt: 'x', provider: { sort: 'price' } } }, 'provider'],
    ['more than ten years', { expires_in: 315_360_001 }, 'expires_in'],
    ['no time at all', { expires_in: 0 }, 'expires_in'],
    ['nothing to sign', { spec: undefined }, 'spec'],
    ['a spec and a URL', { url: 'https://img.example.com/named/a.png' }, 'url'],
    ['a URL of elsewhere', { spec: undefined, url: 'https://img.example.com/named/a.png' }, 'url'],
    ['a URL that is none', { spec: undefined, url: '/named/a.png' }, 'url'],
  ])('refuses %s', async (_what, body, field) => {
    const response = await sign({ spec: { prompt: 'x' }, ...body })

    expect([response.status, await response.json()]).toMatchObject([400, { code: 'invalid_spec', field }])
  })
})

describe('POST /v1/sign with the address of an image', () => {
  it('signs it with its size, so that whoever has the URL sees this image, in this size only', async () => {
    const generated = await easel.post('/v1/images', { prompt: 'Addressed' }, bearer(TOKENS.docs))
    const { url } = (await generated.json()) as { readonly url: string }
    const address = `${url}?w=320&format=webp`
    const response = await sign({ url: address, expires_in: 60 })
    const body = (await response.json()) as { readonly url: string; readonly expires: string }

    expect([response.status, Object.keys(body)]).toEqual([200, ['url', 'expires']])
    expect((await fetch(body.url)).headers.get('content-type')).toBe('image/webp')
    expect((await fetch(address)).status).toBe(401)
    expect((await fetch(body.url.replace('w=320', 'w=640'))).status).toBe(403)
  })

  it('refuses an address of this Worker that is no image’s', async () => {
    const response = await sign({ url: new URL('/v1/images', easel.url).href })
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { code: 'invalid_spec', field: 'url' },
    ])
  })
})

function sign(body: object): Promise<Response> {
  return easel.post('/v1/sign', body, bearer(TOKENS.docs))
}

function signed(query: string, expires = Date.now() + 60_000): Promise<URL> {
  return signUntil(new URL(`/image?${query}`, easel.url), SIGNING_KEY, new Date(expires))
}

type Pair = [name: string, value: string]

function inQuery(change: (pairs: Pair[]) => Pair[]): Bend['bend'] {
  return (url) => {
    const changed = new URL(url)
    changed.search = new URLSearchParams(change(Array.from(url.searchParams))).toString()
    return changed
  }
}

function inText(change: (href: string) => string): Bend['bend'] {
  return ({ href }) => new URL(change(href))
}

/** Groups of pairs with the same name. */
function byName(pairs: readonly Pair[]): Pair[][] {
  return Array.from(Map.groupBy(pairs, ([name]) => name).values())
}

function added(name: string, value: string): Bend['bend'] {
  return inQuery((pairs) => [...pairs, [name, value]])
}

function replaced(name: string, value: string): Bend['bend'] {
  return inQuery((pairs) => pairs.map((pair) => (pair[0] === name ? [name, value] : pair)))
}

function prefixed(name: string, prefix: string): Bend['bend'] {
  return (url) => replaced(name, prefix + (url.searchParams.get(name) ?? ''))(url)
}

function suffixed(name: string, suffix: string): Bend['bend'] {
  return (url) => replaced(name, (url.searchParams.get(name) ?? '') + suffix)(url)
}

function without(url: URL, name: string): URL {
  return inQuery((pairs) => pairs.filter((pair) => pair[0] !== name))(url)
}

function withPath({ search, origin }: URL, path: string): URL {
  return new URL(`${origin}${path}${search}`)
}

function sigOf({ searchParams }: URL): string {
  return searchParams.get('sig') ?? ''
}
