import { createHash } from 'node:crypto'
import { rgbaToThumbHash } from 'thumbhash'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bearer, CREDENTIALS, TOKENS } from '../../support/worker/easel.ts'
import { fingerprintIn, type ObservedEasel, startObservedEasel } from '../../support/worker/observed-easel.ts'
import { thumbhashOfPng } from '../../../worker/job/thumbhash-of-png.ts'

/** Headers that a thumbhash changes nothing of. */
const UNCHANGED = ['etag', 'last-modified', 'content-type', 'x-easel-model', 'x-easel-variant'] as const

interface Listed {
  readonly images: readonly { readonly thumbhash?: string }[]
}

describe('a thumbhash', () => {
  let easel: ObservedEasel

  beforeAll(async () => {
    easel = await startObservedEasel({ vars: { ...CREDENTIALS, TEST_EDGE_CACHE: 'yes' } })
  })
  afterAll(() => easel.close())

  const manifestOf = async (path: string): Promise<Listed> =>
    (await easel.get(`/v1/images/${fingerprintIn(path)}`)).json() as Promise<Listed>

  it('is computed once, when a manifest is first read, and kept', async () => {
    const path = await easel.generate('A harbour with a placeholder')
    const before = await easel.counts()
    const first = await Promise.all([manifestOf(path), manifestOf(path), manifestOf(path)])
    const later = await manifestOf(path)
    const [hash = ''] = later.images.map(({ thumbhash }) => thumbhash)

    expect(first.map(({ images }) => images)).toEqual([later.images, later.images, later.images])
    expect((await easel.counts()).transformations).toBe(before.transformations + 1)
    expect(hash).toBe(await expectedThumbhash(await (await easel.get(path)).arrayBuffer()))
  })

  it('is in the headers from then on, of the same bytes with the same ETag', async () => {
    const path = await easel.generate('A harbour with a header')
    const before = await easel.get(path)
    const bytes = await before.arrayBuffer()
    const hash = (await manifestOf(path)).images[0]?.thumbhash
    const { length } = (await easel.counts()).reads
    const after = await easel.get(path)

    expect(before.headers.get('x-easel-thumbhash')).toBeNull()
    expect(after.headers.get('x-easel-thumbhash')).toBe(hash)
    expect(Buffer.from(await after.arrayBuffer()).equals(Buffer.from(bytes))).toBe(true)
    for (const name of UNCHANGED) expect(after.headers.get(name)).toBe(before.headers.get(name))
    expect((await easel.counts()).reads).toHaveLength(length + 1)
    expect((await easel.get(`${path}?w=320`)).headers.get('x-easel-thumbhash')).toBe(hash)
    expect((await easel.get('/image?prompt=A+harbour+with+a+header')).headers.get('x-easel-thumbhash')).toBe(
      hash,
    )
  })

  it('is in the headers of a large image, in the parts that it has, and of a variant that was there before', async () => {
    easel.upstream.setFaults([{ match: 'A large harbour', bytes: 11 * 2 ** 20 }])
    const path = await easel.generate('A large harbour')
    easel.upstream.setFaults([])
    const paths = [path, `${path}?w=320`, `${path}?w=320&format=webp`]
    const get = async (from: string) => {
      const { headers, bytes } = await easel.get(from).then(withBytes)
      const [hash, ...facts] = ['x-easel-thumbhash', ...UNCHANGED].map((name) => headers.get(name))
      return { hash, facts: [...facts, createHash('sha256').update(bytes).digest('hex')] }
    }
    const before = await Promise.all(paths.map(get))
    const hash = (await manifestOf(path)).images[0]?.thumbhash
    const { length } = (await easel.counts()).reads
    const after = await Promise.all(paths.map(get))

    expect(before[0]?.facts[0]).toMatch(/-3"$/)
    expect(before.map((one) => one.hash)).toEqual([null, null, null])
    expect(after.map((one) => one.hash)).toEqual([hash, hash, hash])
    expect(after.map(({ facts }) => facts)).toEqual(before.map(({ facts }) => facts))
    expect((await easel.counts()).reads).toHaveLength(length + 3)
  })

  it('is in the list', async () => {
    const path = await easel.generate('A harbour listed')
    const [image] = (await manifestOf(path)).images
    const list = (await (await easel.get('/v1/images?q=listed', bearer(TOKENS.docs))).json()) as Listed

    expect(list.images).toMatchObject([{ prompt: 'A harbour listed', thumbhash: image?.thumbhash }])
  })

  it('is in the response to POST when the image is cached', async () => {
    const spec = { prompt: 'A harbour posted', n: 2, model: 'openai/gpt-image-1' }
    await easel.post('/v1/images', spec, bearer(TOKENS.docs))
    const { images } = (await (await easel.post('/v1/images', spec, bearer(TOKENS.docs))).json()) as Listed

    expect(images).toHaveLength(2)
    for (const { thumbhash } of images) expect(thumbhash).toMatch(/^[\w+/]{20,}=*$/)
  })

  it('is not computed by HEAD', async () => {
    const path = await easel.generate('A harbour in heads')
    const before = await easel.counts()
    await easel.get(`/v1/images/${fingerprintIn(path)}`, { method: 'HEAD' })

    expect((await easel.counts()).transformations).toBe(before.transformations)
  })

  it('of a regenerated image is computed again', async () => {
    const path = await easel.generate('A harbour regenerated')
    const old = (await manifestOf(path)).images[0]?.thumbhash
    easel.upstream.setFaults([{ match: 'A harbour regenerated', bytes: 2_000_000 }])
    await easel.get('/image?prompt=A+harbour+regenerated', {
      headers: { Authorization: `Bearer ${TOKENS.docs}`, 'Cache-Control': 'no-cache' },
    })
    easel.upstream.setFaults([])
    const image = await easel.get(path)

    expect(image.headers.get('x-easel-thumbhash')).toBeNull()
    const fresh = (await manifestOf(path)).images[0]?.thumbhash
    expect(fresh).not.toBe(old)
    expect(fresh).toBe(await expectedThumbhash(await image.arrayBuffer()))
  })

  it('that fails leaves the manifest without one, and is not paid for again at once', async () => {
    const path = await easel.generate('A harbour that fails')
    const before = await easel.counts()
    await easel.bucket.put('test/images-fail', 'yes')
    const manifests = [await manifestOf(path), await manifestOf(path)]
    await easel.bucket.delete('test/images-fail')

    expect(manifests.map(({ images }) => images[0]?.thumbhash)).toEqual([undefined, undefined])
    expect((await easel.counts()).transformations).toBe(before.transformations + 1)
  })

  it('is gone with its image', async () => {
    const path = await easel.generate('A harbour purged')
    await manifestOf(path)
    await easel.get(`/v1/images/${fingerprintIn(path)}`, { method: 'DELETE', ...bearer(TOKENS.docs) })
    const { objects } = await easel.bucket.list({ prefix: `images/${fingerprintIn(path)}` })

    expect(objects).toEqual([])
    expect((await easel.get(path)).status).toBe(404)
  })
})

describe('without the Images binding', () => {
  it('there is none', async () => {
    const plain = await startObservedEasel({ without: ['images'] })
    const path = await plain.generate('A plain harbour')
    const manifest = (await (await plain.get(`/v1/images/${fingerprintIn(path)}`)).json()) as Listed
    await plain.close()

    expect(manifest.images[0]?.thumbhash).toBeUndefined()
  })
})

describe('a PNG', () => {
  const pixels = sharp({
    create: { width: 60, height: 40, channels: 4, background: { r: 200, g: 80, b: 20, alpha: 0.5 } },
  })

  it.each([
    ['with transparency', pixels.clone()],
    ['in 16 bits', pixels.clone().toColourspace('rgb16')],
    ['with a palette', pixels.clone().png({ palette: true })],
    ['without transparency', pixels.clone().flatten({ background: '#ffffff' })],
    ['in grey', pixels.clone().flatten({ background: '#ffffff' }).greyscale()],
  ])('%s has the thumbhash of its pixels', async (_, image) => {
    const png = await image.png().toBuffer()
    const copy = new Uint8Array(png).buffer

    expect(thumbhashOfPng(copy)).toBe(await thumbhashOf(png))
  })
})

async function withBytes(response: Response) {
  return { headers: response.headers, bytes: new Uint8Array(await response.arrayBuffer()) }
}

/** As the local Images binding scales it. */
async function expectedThumbhash(bytes: ArrayBuffer): Promise<string> {
  return thumbhashOf(
    await sharp(bytes).resize(100, 100, { fit: 'inside', withoutEnlargement: true }).png().toBuffer(),
  )
}

async function thumbhashOf(png: Buffer): Promise<string> {
  const { data, info } = await sharp(png)
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  return Buffer.from(rgbaToThumbHash(info.width, info.height, data)).toString('base64')
}
