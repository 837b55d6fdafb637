import { afterAll, beforeAll, expect, it } from 'vitest'
import { bearer, CREDENTIALS, type RunningEasel, startEasel, TOKENS } from '../../support/worker/easel.ts'

let easel: RunningEasel

beforeAll(async () => {
  easel = await startEasel({ vars: { ...CREDENTIALS, EASEL_ACCESS: 'signed' } })
})
afterAll(() => easel.close())

it('regenerates an image only if it is still the one that If-Match names', async () => {
  const path = '/image?prompt=Replaced+once'
  const headers = { ...bearer(TOKENS.docs).headers, 'Cache-Control': 'no-cache' }
  const first = await easel.get(path, { headers })
  const etag = first.headers.get('etag') ?? ''
  expect(etag).toMatch(/^"/)

  const other = await easel.get(path, { headers: { ...headers, 'If-Match': '"0123"' } })
  expect(other.status).toBe(412)
  expect(easel.generations('Replaced once')).toHaveLength(1)

  const same = await easel.get(path, { headers: { ...headers, 'If-Match': etag } })
  expect(same.status).toBe(200)
  expect(easel.generations('Replaced once')).toHaveLength(2)
})

it('asks who before it looks at preconditions', async () => {
  const response = await easel.get('/image?prompt=By+a+stranger', { headers: { 'If-Match': '*' } })
  expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="Easel"'])
})
