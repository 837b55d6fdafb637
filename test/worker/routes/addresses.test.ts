import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bearer, CREDENTIALS, type RunningEasel, startEasel, TOKENS } from '../../support/worker/easel.ts'

describe('an image’s address', () => {
  let easel: RunningEasel
  let path: string
  let pin: string
  beforeAll(async () => {
    easel = await startEasel()
    const { headers } = await easel.get('/image?prompt=A+mooring')
    path = headers.get('content-location') ?? ''
    pin = headers.get('etag')?.slice(1, 17) ?? ''
  })
  afterAll(() => easel.close())

  it('that pins the bytes is cached for a year, as immutable', async () => {
    const pinned = await easel.get(`${path}?v=${pin}`)
    const known = await easel.get(`${path}?v=${pin}`, { headers: { 'If-None-Match': `"${pin}"` } })

    expect(pinned.status).toBe(200)
    expect(pinned.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(known.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect((await easel.get(path)).headers.get('cache-control')).not.toContain('immutable')
  })

  it.each([
    [
      'pins other bytes',
      (p: string) => `${p}?v=0123456789abcdef&w=640`,
      (p: string, v: string) => `${p}?v=${v}&w=640`,
    ],
    ['has the extension of another type', (p: string) => p.replace('.png', '.webp'), (p: string) => p],
    ['has no extension', (p: string) => p.replace('.png', ''), (p: string) => p],
    ['names the first image', (p: string) => p.replace('.png', '.0.png'), (p: string) => p],
    [
      'has the wrong extension and pins other bytes',
      (p: string) => `${p.replace('.png', '.jpg')}?v=0123456789abcdef`,
      (p: string, v: string) => `${p}?v=${v}`,
    ],
  ])('that %s redirects to the right one, on GET and HEAD, and is not cached', async (_, wrong, right) => {
    for (const method of ['GET', 'HEAD']) {
      const response = await easel.get(wrong(path), { method })

      expect(response.status).toBe(302)
      expect(response.headers.get('location')).toBe(right(path, pin))
      expect(response.headers.get('cache-control')).toBe('no-store')
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
      expect((await easel.get(response.headers.get('location') ?? '')).status).toBe(200)
    }
  })

  it('of the form /image?prompt= can be pinned, too', async () => {
    const wrong = await easel.get('/image?prompt=A+mooring&v=0123456789abcdef')
    const right = await easel.get(`/image?prompt=A+mooring&v=${pin}`)

    expect(wrong.headers.get('location')).toBe(`/image?prompt=A+mooring&v=${pin}`)
    expect(right.headers.get('cache-control')).toContain('immutable')
    expect(easel.generations()).toHaveLength(1)
  })

  it('of a private Easel is cached by clients, and by no shared cache', async () => {
    const secret = await startEasel({ vars: { ...CREDENTIALS, EASEL_ACCESS: 'private' } })
    const generated = await secret.get('/image?prompt=A+secret+mooring', bearer(TOKENS.docs))
    const location = generated.headers.get('content-location') ?? ''
    const v = generated.headers.get('etag')?.slice(1, 17) ?? ''
    const pinned = await secret.get(`${location}?v=${v}`, bearer(TOKENS.docs))
    await secret.close()

    expect(generated.headers.get('cache-control')).toBe(
      'private, max-age=86400, stale-while-revalidate=604800',
    )
    expect(pinned.headers.get('cache-control')).toBe('private, max-age=31536000, immutable')
  })
})
