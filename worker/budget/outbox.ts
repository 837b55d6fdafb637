import type { Sql } from './storage.ts'
import type { WebhookMessage } from './webhook.ts'

/** How long to wait after each failed try, milliseconds. In between the object may sleep: its alarm wakes it. */
const BACKOFF_MS = [10_000, 60_000, 300_000, 1_800_000] as const

export interface OutboxPorts {
  readonly sql: Sql
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Rejects when it isn't delivered. */
  readonly send: (message: WebhookMessage) => Promise<void>
  readonly onGivenUp: (message: WebhookMessage, error: unknown) => void
}

/** Messages that wait to be delivered, whatever happens to the object in between. */
export interface Outbox {
  /** The message is due at once. */
  add(message: WebhookMessage): void
  /** Tries all that is due. @returns when the next try is due, if there is one */
  deliver(): Promise<number | undefined>
}

type Row = { id: string; body: string; tries: number }

export function createOutbox({ sql, now, send, onGivenUp }: OutboxPorts): Outbox {
  async function deliverOne({ id, body, tries }: Row): Promise<void> {
    try {
      await send({ id, body })
    } catch (error) {
      const waitMs = BACKOFF_MS[tries]
      if (waitMs !== undefined) {
        sql.exec('UPDATE ledger_outbox SET tries = tries + 1, due_at = ? WHERE id = ?', now() + waitMs, id)
        return
      }
      onGivenUp({ id, body }, error)
    }
    sql.exec('DELETE FROM ledger_outbox WHERE id = ?', id)
  }

  return {
    add({ id, body }) {
      sql.exec('INSERT INTO ledger_outbox VALUES (?, ?, 0, ?)', id, body, now())
    },
    async deliver() {
      const due = sql
        .exec<Row>('SELECT id, body, tries FROM ledger_outbox WHERE due_at <= ?', now())
        .toArray()
      await Promise.all(due.map(deliverOne))
      const query = 'SELECT min(due_at) AS due FROM ledger_outbox'
      const [next] = sql.exec<{ due: number | null }>(query).toArray()
      return next?.due ?? undefined
    },
  }
}
