import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { fingerprint } from '../../../shared/fingerprint.ts'
import { resolveSpec } from '../../../shared/spec/parse.ts'
import { TOKENS } from '../../support/worker/client.ts'
import { type FaultyEasel, startFaultyEasel } from '../../support/worker/faulty-easel.ts'

/** More than all that lies between the job and somebody who doesn't read. */
const BYTES = 24_000_000

/** As most models generate: R2 has it at once. */
const SMALL_BYTES = 2_000_000

let easel: FaultyEasel

beforeAll(async () => {
  easel = await startFaultyEasel({
    vars: { EASEL_TOKENS: `docs:${TOKENS.docs}` },
    emulator: { faults: [{ match: 'Small', bytes: SMALL_BYTES }, { bytes: BYTES }] },
  })
})

afterEach(() => easel.faults.clear())
afterAll(() => easel.close())

describe('whoever has an image generated', () => {
  it('gets all of it before R2 has it, with the headers that it is served with ever after', async () => {
    const { path, isStored, paid } = await scene('Before it is stored')
    easel.faults.set({ r2: { op: 'put', key: /^images\/.*\/\d$/, action: 'stall' } })
    const first = await easel.get(path)
    const bytes = await read(first)
    expect(await isStored()).toBe(false)
    easel.faults.clear()
    await expect.poll(isStored).toBe(true)
    const later = await easel.get(path)

    expect(first.status).toBe(200)
    expect(bytes.sha256).toBe(first.headers.get('etag'))
    expect(await read(later)).toEqual(bytes)
    expect(first.headers.get('cache-status')).toBe('Easel; fwd=uri-miss; stored')
    expect(Number(first.headers.get('x-easel-cost-usd'))).toBeGreaterThan(0)
    expect(lasting(first)).toEqual(lasting(later))
    expect(paid()).toBe(1)
  })

  it('gets every byte, however slowly it reads, when R2 has it long before', async () => {
    const { path, isStored, paid } = await scene('A slow reader')
    const response = await easel.get(path)
    await expect.poll(isStored).toBe(true)
    // Once more, when the job has done with it.
    expect((await easel.get(path, { method: 'HEAD' })).status).toBe(200)

    expect(await read(response)).toEqual({
      byteLength: lengthOf(response),
      sha256: response.headers.get('etag'),
    })
    expect(paid()).toBe(1)
  })

  it('may hang up in the middle: it is stored all the same', async () => {
    const { path, isStored, paid } = await scene('A client that hangs up')
    const hangUp = new AbortController()
    const response = await easel.get(path, { signal: hangUp.signal })
    await response.body?.getReader().read()
    hangUp.abort()

    await expect.poll(isStored).toBe(true)
    expect((await read(await easel.get(path))).byteLength).toBe(lengthOf(response))
    expect(paid()).toBe(1)
  })

  it('sees that the answer is broken when the job crashes in the middle of it', async () => {
    const { path, name } = await scene('A crash in the middle')
    easel.faults.set({ r2: { op: 'put', key: /^images\/.*\/\d$/, action: 'stall' } })
    const response = await easel.get(path)
    expect(response.status).toBe(200)
    await easel.abortJob(name)

    await expect(read(response)).rejects.toThrow()
  })

  it('sees that the answer is broken when the image is deleted in the middle of it', async () => {
    const { path, name, isStored } = await scene('Deleted in the middle')
    const response = await easel.get(path)
    await expect.poll(isStored).toBe(true)
    const headers = { Authorization: `Bearer ${TOKENS.docs}` }
    expect((await easel.get(`/v1/images/${name}`, { method: 'DELETE', headers })).status).toBe(204)

    await expect(read(response)).rejects.toThrow()
  })

  it('gets a small one only when it is stored, so that nothing that was seen is lost', async () => {
    const { path, isStored, paid } = await scene('Small')
    easel.faults.set({ r2: { op: 'put', key: /^images\/.*\/\d$/, action: 'stall' } })
    let isAnswered = false
    const asked = easel.get(path).finally(() => (isAnswered = true))
    await easel.faults.reached()
    expect(isAnswered).toBe(false)
    easel.faults.clear()

    const answer = await asked
    expect(await isStored()).toBe(true)
    expect((await read(answer)).byteLength).toBe(lengthOf(answer))
    expect(answer.headers.get('cache-status')).toBe('Easel; fwd=uri-miss; stored')
    expect(paid()).toBe(1)
  })

  it('waits for R2 when more is wanted than the image as it was generated', async () => {
    const { path, isStored, paid } = await scene('A part of it')
    const part = await easel.get(path, { headers: { Range: 'bytes=0-9' } })

    expect(part.status).toBe(206)
    expect(await isStored()).toBe(true)
    expect((await read(part)).byteLength).toBe(10)
    expect(paid()).toBe(1)
  })
})

describe('an image that has been sent and is not stored yet', () => {
  it('is waited for by everybody who asks for it, by whatever address', async () => {
    const { path, name, isStored, paid } = await scene('Asked for right after')
    easel.faults.set({ r2: { op: 'put', key: /^images\/.*\/\d$/, action: 'stall' } })
    const first = await easel.get(path)
    const { sha256 } = await read(first)
    const address = first.headers.get('content-location') ?? ''
    const asked = [
      easel.get(path),
      easel.get(address),
      easel.get(`${address}?v=${sha256.slice(1, 17)}`),
      easel.get(address, { headers: { Range: 'bytes=0-' } }),
    ]
    const heads = [easel.get(path, { method: 'HEAD' }), easel.get(address, { method: 'HEAD' })]
    expect((await easel.get(`/v1/images/${name}`)).status).toBe(202)
    expect(await isStored()).toBe(false)
    easel.faults.clear()

    const answers = await Promise.all(asked)
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 206])
    for (const answer of answers) expect((await read(answer)).sha256).toBe(sha256)
    expect((await Promise.all(heads)).map(({ status }) => status)).toEqual([200, 200])
    expect((await easel.get(path)).headers.get('cache-status')).toBe('Easel; hit')
    expect(paid()).toBe(1)
  })

  it('is deleted for good by whoever deletes it', async () => {
    const { path, name, isStored } = await scene('Deleted right after')
    easel.faults.set({ r2: { op: 'put', key: /^images\/.*\/\d$/, action: 'stall' } })
    await read(await easel.get(path))
    const headers = { Authorization: `Bearer ${TOKENS.docs}` }
    const deleted = easel.get(`/v1/images/${name}`, { method: 'DELETE', headers })
    expect((await easel.get(`/v1/images/${name}`)).status).toBe(202)
    easel.faults.clear()

    expect((await deleted).status).toBe(204)
    expect(await isStored()).toBe(false)
    expect((await easel.get(`/i/${name}.png`)).status).toBe(404)
  })
})

describe('an image that is regenerated', () => {
  it('right after the old one was sent is another one, and is shown only when it is stored', async () => {
    const { path, name, paid } = await scene('Generated anew')
    await read(await easel.get(path))
    const authorization = `Bearer ${TOKENS.docs}`
    const anew = await easel.get(path, {
      headers: { 'Cache-Control': 'no-cache', Authorization: authorization },
    })
    const kept = (await (await easel.get(`/v1/images/${name}`)).json()) as { created: string }

    expect(anew.headers.get('cache-status')).toBe('Easel; fwd=uri-miss; stored')
    expect(Date.parse(anew.headers.get('last-modified') ?? '') / 1000).toBe(
      Math.floor(Date.parse(kept.created) / 1000),
    )
    await anew.body?.cancel()
    expect(paid()).toBe(2)
  })
})

/** An image of its own for each test: its address, its name, whether R2 has it, and how often it was paid for. */
async function scene(prompt: string) {
  const spec = resolveSpec({ prompt, model: 'google/gemini-2.5-flash-image' })
  const name = await fingerprint(spec)
  return {
    path: `/image?prompt=${encodeURIComponent(prompt)}`,
    name,
    isStored: async () => (await easel.r2.keys(`images/${name}/0`)).length > 0,
    paid: () => easel.generations(prompt).length,
  }
}

/** What has arrived; the hash as `ETag` has it. */
async function read(response: Response): Promise<{ byteLength: number; sha256: string }> {
  const bytes = new Uint8Array(await response.arrayBuffer())
  return { byteLength: bytes.length, sha256: `"${createHash('sha256').update(bytes).digest('hex')}"` }
}

function lengthOf(response: Response): number {
  return Number(response.headers.get('content-length'))
}

/** The headers that don't tell of this one request. */
function lasting({ headers }: Response): Record<string, string> {
  const ofRequest = new Set(['cache-status', 'server-timing', 'x-easel-cost-usd', 'date'])
  return Object.fromEntries([...headers].filter(([name]) => !ofRequest.has(name)))
}
