import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningEasel, startEasel } from '../../support/worker/easel.ts'

describe('a method', () => {
  let easel: RunningEasel
  beforeAll(async () => {
    easel = await startEasel()
  })
  afterAll(() => easel.close())

  const id = '0'.repeat(64)
  const ROUTES: [path: string, allow: string][] = [
    ['/image?prompt=x', 'GET, HEAD, OPTIONS'],
    [`/i/${id}.png`, 'GET, HEAD, OPTIONS'],
    ['/v1/images', 'GET, HEAD, POST, OPTIONS'],
    [`/v1/images/${id}`, 'GET, HEAD, DELETE, OPTIONS'],
    ['/v1/sign', 'POST, OPTIONS'],
    ['/v1/models', 'GET, HEAD, OPTIONS'],
    ['/healthz', 'GET, HEAD, OPTIONS'],
  ]

  it.each(ROUTES)('that %s does not allow is a 405 that lists those it does: %s', async (path, allow) => {
    for (const method of ['PATCH', 'PUT', 'PROPFIND']) {
      const response = await easel.get(path, { method })

      expect([method, response.status]).toEqual([method, 405])
      expect(response.headers.get('allow')).toBe(allow)
      expect(await response.json()).toMatchObject({ code: 'method_not_allowed', allow: allow.split(', ') })
    }
    expect(easel.generations()).toHaveLength(0)
  })

  it.each(ROUTES)('OPTIONS of %s lists the allowed ones: %s', async (path, allow) => {
    const response = await easel.get(path, { method: 'OPTIONS' })

    expect(response.status).toBe(204)
    expect(response.headers.get('allow')).toBe(allow)
    expect(response.headers.get('access-control-allow-methods')).toBeNull()
  })

  it.each(ROUTES)('is allowed in a CORS preflight of %s: %s', async (path, allow) => {
    const response = await easel.get(path, {
      method: 'OPTIONS',
      headers: {
        Origin: 'https://example.com',
        'Access-Control-Request-Method': 'GET',
        'Access-Control-Request-Headers': 'authorization, range, x-title',
      },
    })

    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('access-control-allow-methods')).toBe(allow)
    expect(response.headers.get('access-control-allow-headers')).toBe('authorization, range, x-title')
    expect(response.headers.get('access-control-allow-credentials')).toBeNull()
  })

  it('of any kind on an unknown path is a 404', async () => {
    for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS', 'PROPFIND']) {
      expect([method, (await easel.get('/nothing', { method })).status]).toEqual([method, 404])
    }
  })

  it.each(['/v1/models', '/healthz', `/i/${id}.png`, '/nothing'])(
    'HEAD of %s is GET without its body',
    async (path) => {
      const [get, head] = await Promise.all([easel.get(path), easel.get(path, { method: 'HEAD' })])

      expect(head.status).toBe(get.status)
      expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'))
      expect(await head.text()).toBe('')
    },
  )

  it('of the API can be called by any page, which can read errors, too', async () => {
    for (const path of ['/v1/models', '/v1/images', '/image', '/nothing']) {
      expect((await easel.get(path)).headers.get('access-control-allow-origin')).toBe('*')
    }
  })
})
