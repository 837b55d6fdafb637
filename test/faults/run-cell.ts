import { expect, vi } from 'vitest'
import { bundledSnapshot } from '../../shared/catalogue/snapshot.ts'
import { estimateCost } from '../../shared/prices/estimate.ts'
import { resolveSpec } from '../../shared/spec/parse.ts'
import type { Fault } from '../../emulator/index.ts'
import { bearer } from '../support/worker/client.ts'
import type { FaultyEasel } from '../support/worker/faulty-easel.ts'
import { toMicro } from '../../worker/budget/money.ts'
import { scene, SCENE_MODEL } from '../support/worker/scene.ts'

/** What a cell of the table says. */
export interface Expected {
  /** What the client sees that asks first. */
  readonly first: string
  /** What the next one sees, once the fault is over. */
  readonly next: string
  /** Requests to OpenRouter until the image is there. */
  readonly requests: number
  /** How the attempts ended, according to the ledger. */
  readonly ledger: string
}

export interface Observed extends Expected {
  /** Whatever holds for every cell, and did not for this one. */
  readonly violations: readonly string[]
}

/** Seconds that a doubt is held: longer than the next request takes on a busy machine. */
const HOLD_SECONDS = 6

/** What only these cells need: a token for each, so that the ledger counts each by itself. */
export function varsFor(cells: readonly unknown[]): Readonly<Record<string, string>> {
  return {
    EASEL_TOKENS: cells.map((_, index) => `${nameOf(index)}:${tokenOf(index)}`).join(','),
    EASEL_UNKNOWN_HOLD_SECONDS: String(HOLD_SECONDS),
    EASEL_DAILY_BUDGET_USD: '1000',
  }
}

/** Requests one image, from the first request to the last. */
export interface Visitor {
  readonly prompt: string
  readonly fingerprint: string
  /** Matches what the cell's job does. */
  readonly key: RegExp
  /**
   * @param refresh  whether to generate again what is remembered as useless
   * @returns the status, with the code of an error
   */
  request(refresh?: boolean): Promise<string>
  requests(): number
  /** Names under the image's prefix in R2. */
  stored(): Promise<readonly string[]>
  ledger(): Promise<Ledger>
}

interface Ledger {
  readonly outcomes: readonly string[]
  readonly spentMicro: number
  readonly estimateMicro: number
  /** Reservations that nobody has settled. */
  readonly open: number
}

export async function createVisitor(easel: FaultyEasel, index: number, title: string): Promise<Visitor> {
  const prompt = promptOf(index, title)
  const { path, fingerprint, generations } = await scene(easel, prompt)
  const estimateMicro = estimateOf(prompt)
  return {
    prompt,
    fingerprint,
    key: new RegExp(fingerprint),
    requests: generations,
    async request(refresh = false) {
      const { headers } = bearer(tokenOf(index))
      try {
        const response = await easel.get(path, {
          headers: { ...headers, ...(refresh && { 'Cache-Control': 'no-cache' }) },
        })
        const body = await response.arrayBuffer()
        if (response.status === 200) return '200'
        const { code } = JSON.parse(new TextDecoder().decode(body)) as { code: string }
        return `${response.status} ${code}`
      } catch {
        return 'connection lost'
      }
    },
    async stored() {
      const prefix = `images/${fingerprint}/`
      return (await easel.r2.keys(prefix)).map((key) => key.slice(prefix.length)).toSorted()
    },
    async ledger() {
      const [history] = (await easel.ledger(
        `SELECT spent, generated, unknown, failed FROM ledger_history WHERE token = '${nameOf(index)}'`,
      )) as readonly { spent: number; generated: number; unknown: number; failed: number }[]
      const open = (await easel.ledger(
        `SELECT id FROM ledger_reservations WHERE fingerprint = '${fingerprint}' AND settled_at IS NULL`,
      )) as readonly object[]
      const outcomes = (['unknown', 'failed', 'generated'] as const).flatMap((outcome) =>
        Array.from({ length: history?.[outcome] ?? 0 }, () => outcome),
      )
      return {
        outcomes,
        spentMicro: history?.spent ?? 0,
        estimateMicro,
        open: open.length,
      }
    },
  }
}

/** The prompt of a cell; what the emulator's faults match. */
function promptOf(index: number, title: string): string {
  return `Cell ${index}: ${title}`
}

/** The fault for the requests of a cell. */
export function faultFor(index: number, fault: Fault): Fault {
  return { ...fault, match: promptOf(index, '') }
}

/** Requests the image until it is there, and checks what holds for every cell. */
export async function finish(easel: FaultyEasel, visitor: Visitor, first: string): Promise<Observed> {
  const next = await visitor.request()
  const told = [first, next]
  const violations: string[] = []
  const check = async (assert: () => void | Promise<void>, timeout = 0): Promise<void> => {
    await vi
      .waitFor(assert, { timeout, interval: 500 })
      .catch((error: unknown) => violations.push(String(error)))
  }
  await check(async () => {
    const seen = await visitor.request(next === '424 upstream_invalid')
    told.push(seen)
    expect(seen, 'the image in the end').toBe('200')
  }, 40_000)
  // Delivered at once instead of in half a minute: what is left to do.
  await easel.repeatAlarm(visitor.fingerprint)
  await check(async () => {
    const left = await easel.jobStorage(visitor.fingerprint)
    expect(left, 'what lingers').toEqual({ keys: [], tables: {}, alarm: null })
  }, 20_000)

  const stored = await visitor.stored()
  const listed = (await easel.r2.keys('recent/')).filter((key) => visitor.key.test(key))
  await check(() => expect(stored, 'R2').toEqual(expect.arrayContaining(['0', 'manifest.json'])))
  await check(() => expect(listed, 'entries in the list').toHaveLength(1))

  const { outcomes, spentMicro, estimateMicro, open } = await visitor.ledger()
  const bills = billsOf(easel, visitor)
  await check(() => expect(open, 'open reservations').toBe(0))
  const owed = owedMicro(bills, outcomes, estimateMicro)
  await check(() => expect(spentMicro, 'spending').toBe(owed))
  const isTold = told.some((seen) => seen.startsWith('424'))
  await check(() =>
    expect(bills.filter((usd) => usd > 0).length, 'bills').toBeLessThanOrEqual(isTold ? 2 : 1),
  )
  return { first, next, requests: visitor.requests(), ledger: outcomes.join(', '), violations }
}

/** What OpenRouter billed; for attempts that stayed unknown, the estimate. Those come before the others. */
function owedMicro(bills: readonly number[], outcomes: readonly string[], estimateMicro: number): number {
  const unknown = outcomes.filter((outcome) => outcome === 'unknown').length
  const known = outcomes.length - unknown
  const believed = known === 0 ? [] : bills.slice(-known)
  return believed.reduce((sum, usd) => sum + toMicro(usd), unknown * estimateMicro)
}

/** USD, oldest first. */
export function billsOf(easel: FaultyEasel, { prompt }: Visitor): readonly number[] {
  return easel.upstream
    .bills()
    .generations.filter((bill) => bill.prompt === prompt)
    .map(({ usd }) => usd)
}

/** What counts where the bill stays unknown, from the model's price list. */
function estimateOf(prompt: string): number {
  const model = bundledSnapshot().models.find(({ id }) => id === SCENE_MODEL)
  if (!model) throw new Error(`${SCENE_MODEL} is not listed`)
  return toMicro(estimateCost(resolveSpec({ prompt, model: SCENE_MODEL }), model).usd ?? 0)
}

function nameOf(index: number): string {
  return `cell-${index}`
}

function tokenOf(index: number): string {
  return `token-of-cell-${index}-0123456789`
}
