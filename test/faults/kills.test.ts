import { setTimeout as delay } from 'node:timers/promises'
import pMap from 'p-map'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { toMicro } from '../../worker/budget/money.ts'
import { type FaultyEasel, startFaultyEasel } from '../support/worker/faulty-easel.ts'
import { billsOf, createVisitor, varsFor, type Visitor } from './run-cell.ts'

// `KILLS=40 npx vitest run test/faults/kills.test.ts` requests 400 images; CI is content with 60.

const KILLS = Number(process.env['KILLS'] ?? 6)
const IMAGES = 10 * KILLS
/** Requests at once, as from a page with many images. */
const CONCURRENCY = 12
/** Longer than a restart: a client whose connection broke asks again before the doubt is over. */
const HOLD_SECONDS = 5
/** How often a client asks again. */
const RETRY_MS = 300
/** What a client sees of a kill besides a doubt. */
const PASSING: ReadonlySet<string> = new Set(['connection lost', '503 storage_failed'])
/** Every tenth image is one of more than a part. */
const LARGE = 'Large'

let easel: FaultyEasel
/** Resolves while the Worker runs. */
let running: Promise<void>
const done = new Set<number>()

beforeAll(async () => {
  easel = await startFaultyEasel({
    emulator: { latencyMs: 200, faults: [{ match: LARGE, bytes: 6_000_000 }] },
    vars: {
      ...varsFor(Array.from({ length: IMAGES })),
      EASEL_UNKNOWN_HOLD_SECONDS: String(HOLD_SECONDS),
      TEST_FAULTS_URL: '',
    },
  })
  running = Promise.resolve()
})

afterAll(() => easel.close())

it(
  `generates ${IMAGES} images while the Worker is killed ${KILLS} times, and bills none twice without a word`,
  { timeout: 60_000 + KILLS * 30_000 },
  async () => {
    const [images] = await Promise.all([
      pMap(Array.from({ length: IMAGES }).keys(), requestUntilThere, { concurrency: CONCURRENCY }),
      killAgainAndAgain(),
    ])

    await pMap(images, assertSettled, { concurrency: CONCURRENCY })
    for (const { visitor, told } of images) {
      const requests = easel.generations(`"${visitor.prompt}"`).map(({ at }) => at)
      for (const [n, at] of requests.slice(1).entries()) {
        const since = requests[n] ?? 0
        const isTold = told.some((time) => time >= since && time <= at)
        expect(isTold, `a word before request ${n + 2}: ${visitor.prompt}`).toBe(true)
      }
    }
  },
)

interface Requested {
  readonly visitor: Visitor
  /** When the client got `billing_unknown`, milliseconds since the epoch. */
  readonly told: readonly number[]
}

async function requestUntilThere(index: number): Promise<Requested> {
  const visitor = await createVisitor(easel, index, index % 10 === 9 ? LARGE : 'Small')
  const told: number[] = []
  for (;;) {
    await running
    const seen = await visitor.request()
    if (seen === '200') break
    if (seen === '424 billing_unknown') told.push(Date.now())
    else if (!PASSING.has(seen)) throw new Error(`${visitor.prompt}: ${seen}`)
    await delay(RETRY_MS)
  }
  done.add(index)
  return { visitor, told }
}

async function killAgainAndAgain(): Promise<void> {
  for (let kill = 1; kill <= KILLS; kill++) {
    await vi.waitFor(() => expect(done.size).toBeGreaterThanOrEqual((kill - 1) * 8), {
      timeout: 60_000,
      interval: 20,
    })
    await delay(Math.random() * 600)
    running = easel.restart()
    await running
  }
}

/** Nothing is left of the job, and the ledger has what OpenRouter billed. */
async function assertSettled({ visitor }: Requested): Promise<void> {
  const { prompt, fingerprint } = visitor
  await easel.repeatAlarm(fingerprint)
  await vi.waitFor(
    async () => {
      const left = await easel.jobStorage(fingerprint)
      expect({ prompt, ...left }).toEqual({ prompt, keys: [], tables: {}, alarm: null })
    },
    { timeout: 20_000, interval: 200 },
  )
  const { outcomes, spentMicro, estimateMicro, open } = await visitor.ledger()
  const count = (outcome: string): number => outcomes.filter((other) => other === outcome).length
  // The same request costs the same each time.
  const billedMicro = toMicro(billsOf(easel, visitor).at(-1) ?? 0)
  expect(billedMicro).toBeGreaterThan(0)
  expect({ prompt, open, spentMicro }).toEqual({
    prompt,
    open: 0,
    spentMicro: count('generated') * billedMicro + count('unknown') * estimateMicro,
  })
  expect(count('generated') + count('unknown')).toBeGreaterThanOrEqual(visitor.requests())
}
