import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CREDENTIALS, type RunningEasel, startEasel, TOKENS } from '../../support/worker/easel.ts'

describe('an address', () => {
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

  it('that pins the bytes is kept for a year, and never asked for again', async () => {
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
    ['has another type’s extension', (p: string) => p.replace('.png', '.webp'), (p: string) => p],
    ['has no extension', (p: string) => p.replace('.png', ''), (p: string) => p],
    ['names the first image', (p: string) => p.replace('.png', '.0.png'), (p: string) => p],
    [
      'has neither right',
      (p: string) => `${p.replace('.png', '.jpg')}?v=0123456789abcdef`,
      (p: string, v: string) => `${p}?v=${v}`,
    ],
  ])('that %s leads to the right one, on GET and HEAD, and is not kept', async (_, wrong, right) => {
    for (const method of ['GET', 'HEAD']) {
      const response = await easel.get(wrong(path), { method })

      expect(response.status).toBe(302)
      expect(response.headers.get('location')).toBe(right(path, pin))
      expect(response.headers.get('cache-control')).toBe('no-store')
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
      expect((await easel.get(response.headers.get('location') ?? '')).status).toBe(200)
    }
  })

  it('of /image can be pinned, too', async () => {
    const wrong = await easel.get('/image?prompt=A+mooring&v=0123456789abcdef')
    const right = await easel.get(`/image?prompt=A+mooring&v=${pin}`)

    expect(wrong.headers.get('location')).toBe(`/image?prompt=A+mooring&v=${pin}`)
    expect(right.headers.get('cache-control')).toContain('immutable')
    expect(easel.generations()).toHaveLength(1)
  })

  it('of a private Easel may be kept by who may see it, and by no cache in between', async () => {
    const secret = await startEasel({ vars: { ...CREDENTIALS, EASEL_ACCESS: 'private' } })
    const headers = { Authorization: `Bearer ${TOKENS.docs}` }
    const generated = await secret.get('/image?prompt=A+secret+mooring', { headers })
    const own = generated.headers.get('content-location') ?? ''
    const v = generated.headers.get('etag')?.slice(1, 17) ?? ''
    const pinned = await secret.get(`${own}?v=${v}`, { headers })
    await secret.close()

    expect(generated.headers.get('cache-control')).toBe(
      'private, max-age=86400, stale-while-revalidate=604800',
    )
    expect(pinned.headers.get('cache-control')).toBe('private, max-age=31536000, immutable')
  })
})
