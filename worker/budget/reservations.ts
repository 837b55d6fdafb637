import type { Fingerprint } from '../../shared/fingerprint.ts'
import type { HistoryKey } from './history.ts'
import type { Sql } from './storage.ts'

/** A reservation as the ledger stores it. Micro-dollars. */
export interface OpenReservation extends HistoryKey {
  readonly id: string
  readonly fingerprint: Fingerprint
  readonly micro: number
  /** The limits that it was granted under, for the thresholds that its settlement reaches. */
  readonly limits: { readonly day: number; readonly month: number | null; readonly token: number | null }
}

/** The reservations in flight, and the fingerprints that were settled lately: in memory, and in the table. */
export interface Reservations {
  /** Whether `id` is in flight or was settled lately. */
  has(id: string): boolean
  open(id: string): OpenReservation | undefined
  /** The fingerprint's, where one is in flight. */
  openOf(fingerprint: Fingerprint): OpenReservation | undefined
  allOpen(): OpenReservation[]
  /** A reservation that was given up before it arrived counts as settled when it does. */
  refuseLate(id: string, at: number): void
  add(reservation: OpenReservation): void
  /** @param at  milliseconds since the epoch */
  settle(reservation: OpenReservation, at: number): void
  /** When the fingerprint's last generation ended, if that was in the last minutes. */
  settledAt(fingerprint: Fingerprint): number | undefined
  /** Deletes what was settled before `at`, a batch at a time. */
  forgetSettledBefore(at: number): void
}

/** Rows deleted by one statement: few statements, and no long one. */
const BATCH = 50

type Row = {
  id: string
  fingerprint: Fingerprint
  day: string
  token: string
  model: string
  micro: number
  daily_limit: number
  monthly_limit: number | null
  token_limit: number | null
  settled_at: number | null
}

/** Reads the table once, when the object starts. It holds what is in flight and the last minutes. */
export function createReservations(sql: Sql): Reservations {
  const open = new Map<string, OpenReservation>()
  const openIds = new Map<Fingerprint, string>()
  /** By id, the first settled first. */
  const settled = new Map<string, { readonly fingerprint?: Fingerprint; readonly at: number }>()
  const lastSettled = new Map<Fingerprint, number>()

  for (const row of sql.exec<Row>('SELECT * FROM ledger_reservations ORDER BY settled_at').toArray()) {
    if (row.settled_at === null) keepOpen(fromRow(row))
    else remember(row.id, row.fingerprint, row.settled_at)
  }

  function keepOpen(reservation: OpenReservation): void {
    open.set(reservation.id, reservation)
    openIds.set(reservation.fingerprint, reservation.id)
  }

  function remember(id: string, fingerprint: Fingerprint, at: number): void {
    settled.set(id, { fingerprint, at })
    lastSettled.set(fingerprint, at)
  }

  return {
    has: (id) => open.has(id) || settled.has(id),
    open: (id) => open.get(id),
    openOf: (fingerprint) => open.get(openIds.get(fingerprint) ?? ''),
    allOpen: () => Array.from(open.values()),
    add(reservation) {
      const { id, fingerprint, day, token, model, micro, limits } = reservation
      sql.exec(
        'INSERT INTO ledger_reservations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)',
        id,
        fingerprint,
        day,
        token,
        model,
        micro,
        limits.day,
        limits.month,
        limits.token,
      )
      keepOpen(reservation)
    },
    settle({ id, fingerprint }, at) {
      sql.exec('UPDATE ledger_reservations SET settled_at = ? WHERE id = ?', at, id)
      open.delete(id)
      if (openIds.get(fingerprint) === id) openIds.delete(fingerprint)
      remember(id, fingerprint, at)
    },
    refuseLate(id, at) {
      if (!settled.has(id)) settled.set(id, { at })
    },
    settledAt: (fingerprint) => lastSettled.get(fingerprint),
    forgetSettledBefore(limit) {
      const batch: string[] = []
      for (const [id, { at }] of settled) {
        if (at >= limit || batch.length === BATCH) break
        batch.push(id)
      }
      if (batch.length < BATCH) return
      sql.exec(
        'DELETE FROM ledger_reservations WHERE id IN (SELECT value FROM json_each(?))',
        JSON.stringify(batch),
      )
      for (const id of batch) {
        const { fingerprint, at } = settled.get(id) ?? {}
        settled.delete(id)
        if (fingerprint === undefined) continue
        if (lastSettled.get(fingerprint) === at) lastSettled.delete(fingerprint)
      }
    },
  }
}

function fromRow({ id, fingerprint, day, token, model, micro, ...row }: Row): OpenReservation {
  const limits = { day: row.daily_limit, month: row.monthly_limit, token: row.token_limit }
  return { id, fingerprint, day, token, model, micro, limits }
}
