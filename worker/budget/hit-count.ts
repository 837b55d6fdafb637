import { dayOf } from './calendar.ts'
import type { Hits } from './types.ts'

/** The hits of this isolate that the ledger hasn't been told of. Nothing of it says who asked. */
export interface HitCount {
  /**
   * Counts a hit.
   *
   * @param savedUsd  what generating the image had cost, where that is known
   * @returns once in a while, what has to be awaited after the response
   */
  add(savedUsd: number | undefined): Promise<void> | undefined
  /** Tells the ledger now, if there is anything to tell. */
  tell(): Promise<void> | undefined
}

export interface HitCountPorts {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly record: (hits: Hits) => Promise<void>
}

const DAY_MS = 86_400_000

/** Between two calls to the ledger, milliseconds: a call costs about as much as a hit. */
const FIRST_PAUSE_MS = 60_000
const LONGEST_PAUSE_MS = 15 * 60_000

/**
 * Counts hits in memory, so that a hit waits for nothing and writes nothing. The first one is told at once, as an
 * isolate of a quiet site may not see another; the pauses then double. What an evicted isolate hadn't told, or what
 * didn't arrive, is lost: no hit is ever counted twice.
 */
export function createHitCount({ now, record }: HitCountPorts): HitCount {
  let day = 0
  let count = 0
  let savedUsd = 0
  let dueAt = 0
  let pauseMs = FIRST_PAUSE_MS

  function tell(): Promise<void> | undefined {
    if (count === 0) return undefined
    const hits = { day: dayOf(day * DAY_MS), count, savedUsd }
    count = 0
    savedUsd = 0
    return record(hits).catch((error: unknown) => console.error(error))
  }

  return {
    tell,

    add(usd = 0) {
      const at = now()
      const today = Math.floor(at / DAY_MS)
      const ofYesterday = today === day ? undefined : tell()
      day = today
      count++
      if (usd > 0) savedUsd += usd
      if (ofYesterday || at < dueAt) return ofYesterday
      dueAt = at + pauseMs
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
      return tell()
    },
  }
}
