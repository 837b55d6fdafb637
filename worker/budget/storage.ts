type SqlValue = string | number | null

/** What the ledger needs of SQLite. A Durable Object's storage has it; tests run on Node's. */
export interface LedgerStorage {
  readonly sql: {
    exec<Row extends Record<string, SqlValue>>(query: string, ...bindings: SqlValue[]): { toArray(): Row[] }
  }
  /** All of what `run` writes, or none of it. */
  transactionSync<T>(run: () => T): T
}

export type Sql = LedgerStorage['sql']

/**
 * Creates what isn't there. Each write is billed by the row: `WITHOUT ROWID` stores a row once, not once more for
 * its key, and there is no second index.
 *
 * Money is in micro-dollars, time in milliseconds since the epoch. A `token` of '' is a request without one.
 */
export function createTables(sql: Sql): void {
  sql.exec(`
    CREATE TABLE IF NOT EXISTS ledger_reservations (
      id TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, day TEXT NOT NULL, token TEXT NOT NULL, model TEXT NOT NULL,
      micro INTEGER NOT NULL, daily_limit INTEGER NOT NULL, monthly_limit INTEGER, token_limit INTEGER,
      settled_at INTEGER
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS ledger_history (
      day TEXT, token TEXT, model TEXT, spent INTEGER NOT NULL,
      generated INTEGER NOT NULL, unknown INTEGER NOT NULL, failed INTEGER NOT NULL,
      PRIMARY KEY (day, token, model)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS ledger_hits (
      day TEXT PRIMARY KEY, hits INTEGER NOT NULL, saved INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS ledger_thresholds (
      period TEXT, budget TEXT, token TEXT, percent INTEGER NOT NULL, PRIMARY KEY (period, budget, token)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS ledger_outbox (
      id TEXT PRIMARY KEY, body TEXT NOT NULL, tries INTEGER NOT NULL, due_at INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS ledger_variants (day TEXT PRIMARY KEY, made INTEGER NOT NULL) WITHOUT ROWID;
  `)
}
