import type { Sql } from './storage.ts'

/** Counts the variants that are made in a day, whoever requests them: Cloudflare bills each transformation. */
export interface VariantCount {
  /** Counts one more variant, unless `limit` of them are counted for `day`. @returns whether it was counted */
  take(day: string, limit: number): boolean
}

export function createVariantCount(sql: Sql): VariantCount {
  let current = { day: '', made: 0 }

  function read(day: string): number {
    const [row] = sql.exec<{ made: number }>('SELECT made FROM ledger_variants WHERE day = ?', day).toArray()
    sql.exec('DELETE FROM ledger_variants WHERE day < ?', day)
    return row?.made ?? 0
  }

  return {
    take(day, limit) {
      if (current.day !== day) current = { day, made: read(day) }
      if (current.made >= limit) return false
      const made = current.made + 1
      sql.exec('INSERT OR REPLACE INTO ledger_variants VALUES (?, ?)', day, made)
      current = { day, made }
      return true
    },
  }
}
