import { ApiError } from './errors.ts'
import type { Outcome } from './generation.ts'
import { generationRecord, keyRecord } from './records.ts'

/** How many generations `/generation` remembers. */
const REMEMBERED = 10_000

export interface BilledGeneration {
  readonly id: string
  readonly model: string
  readonly prompt: string
  /** What the user pays altogether; 0 when it isn't billed. */
  readonly usd: number
  readonly billed: boolean
}

/** Every generation and what it cost, whatever the responses said. */
export interface Bills {
  readonly total_usd: number
  /** Oldest first. */
  readonly generations: readonly BilledGeneration[]
}

/** Who spent what. */
export interface Accounts {
  record(outcome: Outcome): void
  bills(): Bills
  /** `GET /key` */
  key(key: string): object
  /** `GET /generation`. @throws {ApiError} 404 also for the first look-ups, when the fault says so */
  lookUp(id: string): object
}

export function createAccounts(now: () => number): Accounts {
  const spent = new Map<string, number>()
  const records = new Map<string, { readonly data: object; missesLeft: number }>()
  const generations: BilledGeneration[] = []

  return {
    record(outcome) {
      const { generation, key, billed } = outcome
      const { id, request, fault, bill } = generation
      const usd = billed ? bill.cost : 0
      spent.set(key, (spent.get(key) ?? 0) + usd)
      generations.push({ id, model: request.model.id, prompt: request.prompt, usd, billed })
      records.set(id, { data: generationRecord(outcome, now()), missesLeft: fault.lookupMisses ?? 0 })
      const oldest = records.keys().next().value
      if (records.size > REMEMBERED && oldest !== undefined) records.delete(oldest)
    },
    bills: () => ({ total_usd: sum(generations.map(({ usd }) => usd)), generations: [...generations] }),
    key: (key) => ({ data: keyRecord(key, spent.get(key) ?? 0) }),
    lookUp(id) {
      const record = records.get(id)
      if (record !== undefined && record.missesLeft <= 0) return { data: record.data }
      if (record !== undefined) record.missesLeft -= 1
      throw new ApiError(404, { message: `Generation ${id} not found` })
    },
  }
}

/** @throws {ApiError} 401 without `Authorization: Bearer sk-or-…` */
export function requireKey(request: Request): string {
  const header = request.headers.get('authorization')
  if (header === null) throw new ApiError(401)
  const [, key] = /^Bearer (sk-or-\S+)$/i.exec(header) ?? []
  if (key === undefined) throw new ApiError(401, { message: 'User not found.' })
  return key
}

/** Without the noise of binary fractions. */
function sum(amounts: readonly number[]): number {
  return Math.round(amounts.reduce((total, usd) => total + usd, 0) * 1e10) / 1e10
}
