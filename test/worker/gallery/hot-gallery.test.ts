import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningEasel, startEasel, TOKENS } from '../../support/worker/easel.ts'

let easel: RunningEasel

beforeAll(async () => {
  easel = await startEasel({
    main: 'test/support/workerd/observed-worker.ts',
    vars: { EASEL_TOKENS: `docs:${TOKENS.docs}` },
    emulator: { faults: [{ match: 'Large', bytes: 300_000 }, { bytes: 30_000 }] },
  })
})
afterAll(() => easel.close())

describe('a small image that many ask for at once', () => {
  it('is hardly ever read, and always the same', async () => {
    const generated = await kept('/image?prompt=Small')
    const readsBefore = (await reads('get')).length

    const bodies = [await bodyOf('/image?prompt=Small'), await bodyOf('/image?prompt=Small')]
    bodies.push(...(await Promise.all(Array.from({ length: 48 }, () => bodyOf('/image?prompt=Small')))))

    for (const body of bodies) expect(body).toEqual(generated)
    // Two in each second that this takes.
    expect((await reads('get')).length - readsBefore).toBeLessThan(25)
  })

  it('has the headers of a hit each time', async () => {
    const { byteLength } = await kept('/image?prompt=Headers')
    const answers = []
    for (let i = 0; i < 4; i++) answers.push(await easel.get('/image?prompt=Headers'))

    for (const { headers } of answers) {
      expect(headers.get('cache-status')).toBe('Easel; hit')
      expect(headers.get('x-easel-cost-usd')).toBe('0')
      expect(headers.get('content-length')).toBe(String(byteLength))
    }
  })

  it('is gone as soon as it is purged', async () => {
    await kept('/image?prompt=Purged')
    let path = ''
    for (let i = 0; i < 4; i++) {
      const answer = await easel.get('/image?prompt=Purged')
      path = answer.headers.get('content-location') ?? ''
      await answer.arrayBuffer()
    }
    const fingerprint = /[0-9a-f]{64}/.exec(path)?.[0]
    for (let i = 0; i < 4; i++) expect((await easel.get(path)).status).toBe(200)

    const purged = await easel.get(`/v1/images/${fingerprint}`, {
      method: 'DELETE',
      headers: { Authorization: `Bearer ${TOKENS.docs}` },
    })

    expect(purged.ok).toBe(true)
    expect((await easel.get(path)).status).toBe(404)
  })
})

describe('a large image', () => {
  it('is read each time, and never held', async () => {
    await kept('/image?prompt=Large')
    const readsBefore = (await reads('get')).length
    for (let i = 0; i < 10; i++) await bodyOf('/image?prompt=Large')

    expect((await reads('get')).length - readsBefore).toBe(10)
  })
})

/** Generates an image, and waits until it is stored. */
async function kept(path: string): Promise<ArrayBuffer> {
  const body = await bodyOf(path)
  expect((await easel.get(path, { method: 'HEAD' })).status).toBe(200)
  return body
}

async function bodyOf(path: string): Promise<ArrayBuffer> {
  const answer = await easel.get(path)
  expect(answer.status).toBe(200)
  return answer.arrayBuffer()
}

async function reads(how: 'get' | 'head'): Promise<readonly { how: string }[]> {
  const { reads: all } = (await (await easel.get('/test/counts')).json()) as { reads: { how: string }[] }
  return all.filter((read) => read.how === how)
}
