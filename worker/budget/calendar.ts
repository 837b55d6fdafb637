// Days are UTC dates such as 2026-11-22, months the first seven characters of one. Both sort as text.

const DAY_MS = 86_400_000

/** @param ms  milliseconds since the epoch */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

export function monthOf(day: string): string {
  return day.slice(0, 7)
}

/** The Monday on or before `day`. */
export function mondayOf(day: string): string {
  const weekday = new Date(day).getUTCDay()
  return addDays(day, -((weekday + 6) % 7))
}

export function addDays(day: string, days: number): string {
  return dayOf(Date.parse(day) + days * DAY_MS)
}

/** Number of days from `from` to `to`, both included. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1
}

/** Milliseconds since the epoch. */
export function nextMidnight(day: string): number {
  return Date.parse(day) + DAY_MS
}

/** Midnight on the first of the next month, milliseconds since the epoch. */
export function nextMonth(day: string): number {
  const date = new Date(day)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1)
}
