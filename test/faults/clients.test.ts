import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Fault } from '../../emulator/index.ts'
import { serveEmulator } from '../../emulator/serve.ts'
import { startInWorkerd } from '../support/worker/workerd.ts'
import { bearer, CREDENTIALS, TOKENS } from '../support/worker/client.ts'
import { type FaultyEasel, startFaultyEasel } from '../support/worker/faulty-easel.ts'
import { scene } from '../support/worker/scene.ts'

/** Seconds that a doubt is held once it is told. */
const HOLD_SECONDS = 1
/** How long the job waits for an OpenRouter that is silent. */
const TIMEOUT_SECONDS = 2

/** OpenRouter can't tell what it billed for the first request with one of these prompts. */
const DOUBTFUL = {
  unpolled: 'Nobody polls for the doubt',
  lost: 'Regenerated, doubtful and unheard',
} as const
const DOUBT: Fault = { cutAtByte: 0, times: 1 }

const NO_CACHE = { ...bearer(TOKENS.docs).headers, 'Cache-Control': 'no-cache' }

let easel: FaultyEasel

beforeAll(async () => {
  easel = await startFaultyEasel({
    vars: {
      ...CREDENTIALS,
      EASEL_TOKEN_BUDGETS_USD: 'ci:0',
      EASEL_UNKNOWN_HOLD_SECONDS: String(HOLD_SECONDS),
    },
  })
  easel.upstream.setFaults(Object.values(DOUBTFUL).map((match) => ({ ...DOUBT, match })))
})
afterAll(() => easel.close())

/** The failure that a job remembers is there, and longer than it would be held once told. */
async function outlastHold(fingerprint: string): Promise<void> {
  await vi.waitFor(
    async () => expect((await easel.jobStorage(fingerprint)).alarm ?? 0).toBeGreaterThan(Date.now() + 60_000),
    { timeout: 20_000, interval: 200 },
  )
  await pause(HOLD_SECONDS * 1000 + 200)
}

/** A connection with a request on it. */
async function askWithoutWaiting({ hostname, port, pathname, search }: URL): Promise<Socket> {
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`)
  return socket
}

const codeOf = async (response: Response): Promise<unknown> =>
  ((await response.json()) as { readonly code?: unknown }).code

describe.concurrent('a doubt about a bill waits to be told', () => {
  it('when every client has hung up', async ({ expect }) => {
    const upstream = await serveEmulator({ plainImages: true, faults: [{ silence: true, times: 1 }] })
    const vars = {
      EASEL_ACCESS: 'open',
      OPENROUTER_API_KEY: 'sk-or-test',
      OPENROUTER_BASE_URL: upstream.url,
      EASEL_TIMEOUT_SECONDS: String(TIMEOUT_SECONDS),
      EASEL_UNKNOWN_HOLD_SECONDS: String(HOLD_SECONDS),
    }
    const deployed = await startInWorkerd({ vars }, () => undefined)
    const url = new URL('/image?prompt=Nobody+waits+for+the+doubt', deployed.url)
    const clients = await Promise.all(Array.from({ length: 10 }, () => askWithoutWaiting(url)))
    await expect.poll(() => upstream.requests.length).toBe(1)
    for (const client of clients) client.resetAndDestroy()
    await pause((TIMEOUT_SECONDS + HOLD_SECONDS) * 1000 + 500)

    expect(await codeOf(await fetch(url))).toBe('billing_unknown')
    expect(upstream.requests).toHaveLength(1)
    await expect.poll(async () => (await fetch(url)).status, { timeout: 10_000 }).toBe(200)
    expect(upstream.requests).toHaveLength(2)
    await deployed.kill()
    await upstream.close()
  }, 60_000)

  it('when the client asked for a response at once, and comes back later', async () => {
    const prompt = DOUBTFUL.unpolled
    const { path, fingerprint, generations } = await scene(easel, prompt)
    const accepted = await easel.post('/v1/images', { prompt }, { headers: { Prefer: 'respond-async' } })
    expect(accepted.status).toBe(202)
    await outlastHold(fingerprint)

    expect(await codeOf(await easel.get(`/v1/images/${fingerprint}`))).toBe('billing_unknown')
    expect(await codeOf(await easel.get(path))).toBe('billing_unknown')
    expect(generations()).toBe(1)
  }, 60_000)
})

describe.concurrent('a regeneration whose response is lost on its way from the job', () => {
  it('is not paid for again', async () => {
    const { path, fingerprint, generations } = await scene(easel, 'Regenerated, unheard')
    const key = new RegExp(fingerprint)
    const old = (await easel.get(path)).headers.get('last-modified')
    await pause(1000 - (Date.now() % 1000))
    easel.faults.add({ job: { op: 'generate', key, when: 'after', action: 'throw', times: 1 } })
    const response = await easel.get(path, { headers: NO_CACHE })

    expect(response.status).toBe(200)
    expect(response.headers.get('last-modified')).not.toBe(old)
    expect(generations()).toBe(2)
  })

  it('is told as a doubt when it may have been billed', async () => {
    const { path, fingerprint, generations } = await scene(easel, DOUBTFUL.lost)
    const key = new RegExp(fingerprint)
    easel.faults.add({ job: { op: 'generate', key, when: 'after', action: 'throw', times: 1 } })

    expect(await codeOf(await easel.get(path, { headers: NO_CACHE }))).toBe('billing_unknown')
    expect(generations()).toBe(1)
    expect((await easel.get(path, { headers: NO_CACHE })).status).toBe(200)
    expect(generations()).toBe(2)
  }, 60_000)
})

describe.concurrent('a generation that is being admitted', () => {
  it('can be purged: nothing is sent, and nothing is billed', async () => {
    const { path, fingerprint, generations } = await scene(easel, 'Purged before it began')
    const key = new RegExp(fingerprint)
    const stall = easel.faults.add({ ledger: { op: 'reserve', key, when: 'after', action: 'stall' } })
    const asked = easel.get(path)
    await stall.reached()
    const purged = easel.get(`/v1/images/${fingerprint}`, { method: 'DELETE', ...bearer(TOKENS.docs) })
    const manifest = `images/${fingerprint}/manifest.json`
    await vi.waitFor(() =>
      expect(easel.faults.calls('r2', 'get').map((call) => call.key)).toContain(manifest),
    )
    stall.lift()

    expect((await purged).status).toBe(204)
    expect((await asked).status).toBe(410)
    expect(generations()).toBe(0)
    expect(await easel.r2.keys(`images/${fingerprint}/`)).toEqual([])
    expect(await easel.jobStorage(fingerprint)).toEqual({ keys: [], tables: {}, alarm: null })
    const reserved = `SELECT settled_at FROM ledger_reservations WHERE fingerprint = '${fingerprint}' AND settled_at IS NULL`
    expect(await easel.ledger(reserved)).toEqual([])
  })

  it('and is refused for its caller’s sake, is not refused to others', async () => {
    const { path, fingerprint, generations } = await scene(easel, 'Refused to one')
    const key = new RegExp(fingerprint)
    const stall = easel.faults.add({ ledger: { op: 'reserve', key, action: 'stall', times: 1 } })
    const poor = easel.get(path, bearer(TOKENS.ci))
    await stall.reached()
    const others = [easel.get(path, bearer(TOKENS.docs)), easel.get(path), easel.get(path)]
    await vi.waitFor(() =>
      expect(easel.faults.calls('job', 'generate').filter((call) => key.test(call.key))).toHaveLength(4),
    )
    stall.lift()

    expect(await codeOf(await poor)).toBe('budget_exhausted')
    expect((await Promise.all(others)).map(({ status }) => status)).toEqual([200, 200, 200])
    expect(generations()).toBe(1)
  })
})
