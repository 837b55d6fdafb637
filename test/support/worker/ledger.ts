import { DatabaseSync } from 'node:sqlite'
import type { Fingerprint } from '../../../shared/fingerprint.ts'
import { createLedger, type Ledger } from '../../../worker/budget/ledger.ts'
import type { LedgerStorage } from '../../../worker/budget/storage.ts'
import type { ReachedThreshold } from '../../../worker/budget/thresholds.ts'
import type { Limits, Reservation } from '../../../worker/budget/types.ts'

/** A Durable Object's storage, on Node's SQLite. */
export function openStorage(database = new DatabaseSync(':memory:')): LedgerStorage {
  return {
    sql: {
      exec<Row>(query: string, ...bindings: (string | number | null)[]) {
        if (query.includes(';')) {
          database.exec(query)
          return { toArray: () => [] }
        }
        // Run at once, as in a Durable Object, not when the rows are read.
        const rows = database.prepare(query).all(...bindings) as Row[]
        return { toArray: () => rows }
      },
    },
    transactionSync(run) {
      database.exec('BEGIN')
      try {
        const result = run()
        database.exec('COMMIT')
        return result
      } catch (error) {
        database.exec('ROLLBACK')
        throw error
      }
    },
  }
}

/** A ledger with a clock that the test sets, and that can be restarted. */
export interface TestLedger extends Ledger {
  readonly reached: ReachedThreshold[]
  readonly storage: LedgerStorage
  /** @param time  an ISO date, or milliseconds since the epoch */
  setTime(time: string | number): void
  time(): number
  /** Drops what is in memory, as when the object is evicted. */
  restart(): void
}

export function startLedger(time = '2026-11-25T12:00:00Z'): TestLedger {
  const storage = openStorage()
  const reached: ReachedThreshold[] = []
  let now = Date.parse(time)
  const create = () =>
    createLedger({ storage, now: () => now, onThreshold: (threshold) => reached.push(threshold) })
  let ledger = create()
  return {
    storage,
    reached,
    setTime: (to) => (now = new Date(to).getTime()),
    time: () => now,
    restart: () => (ledger = create()),
    reserve: (reservation, limits) => ledger.reserve(reservation, limits),
    settle: (id, settlement) => ledger.settle(id, settlement),
    use: (token) => ledger.use(token),
    usage: (from, to) => ledger.usage(from, to),
    takeVariant: (limit) => ledger.takeVariant(limit),
    addHits: (hits) => ledger.addHits(hits),
  }
}

/** Reserves with what a test doesn't care about filled in. */
export function reserve(
  ledger: TestLedger,
  id: string,
  { usd = 0.04, ...fields }: Partial<Reservation> = {},
  limits: Partial<Limits> = {},
) {
  return ledger.reserve(
    { id, fingerprint: id as Fingerprint, usd, model: 'a/model', lookedAt: ledger.time(), ...fields },
    { dailyUsd: 5, ...limits },
  )
}
