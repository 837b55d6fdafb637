import type { Chart } from './chart.ts'

/** What a number has to keep: itself, its share of the reference, or how far it is above the reference. */
export interface Bound {
  readonly of: 'value' | 'ratio' | 'difference'
  readonly atMost?: number
  readonly atLeast?: number
}

/** One line of the table, and one object of `--json`. */
export interface Row {
  readonly name: string
  /** The median of the rounds. */
  readonly value: number
  readonly unit: string
  /** The quartiles of the rounds. */
  readonly spread: readonly [number, number]
  /** The median of the reference, in the same unit, and what it is. */
  readonly reference: number | null
  readonly against: string | null
  /** The median of what each round's value is of the same round's reference. */
  readonly ratio: number | null
  readonly bound: Bound | null
  /** `null` where there is no bound. */
  readonly holds: boolean | null
}

export interface Measured {
  readonly name: string
  readonly unit: string
  /** A number a round. */
  readonly values: readonly number[]
  readonly against?: string
  /** A number a round, as many as `values`. */
  readonly references?: readonly number[]
  readonly bound?: Bound
}

/** A part of the run: what `--only` names. */
export interface Bench {
  readonly name: string
  measure(options: BenchOptions): Promise<readonly Row[]>
}

export interface BenchOptions {
  /** Fewer rounds and smaller sizes: less sure, and over in seconds. */
  readonly quick: boolean
  /** Says what is left out, and why. */
  readonly note: (line: string) => void
  /** Keeps an image of what was measured, under a name for a file. */
  readonly chart: (name: string, chart: Chart) => void
}

export function toRow({ name, unit, values, against, references, bound }: Measured): Row {
  const pairs = references?.map((reference, round) => [values[round] ?? Number.NaN, reference] as const)
  const ratio = pairs ? median(pairs.map(([value, reference]) => value / reference)) : null
  const difference = pairs ? median(pairs.map(([value, reference]) => value - reference)) : Number.NaN
  const value = median(values)
  const judged = { value, ratio: ratio ?? Number.NaN, difference }
  return {
    name,
    value,
    unit,
    spread: [quantile(values, 0.25), quantile(values, 0.75)],
    reference: references ? median(references) : null,
    against: against ?? null,
    ratio,
    bound: bound ?? null,
    holds: bound ? holds(judged[bound.of], bound) : null,
  }
}

/** A number that isn't one keeps no bound. */
export function holds(value: number, { atMost = Infinity, atLeast = -Infinity }: Bound): boolean {
  return value <= atMost && value >= atLeast
}

/** 1 as soon as a bound is broken. */
export function exitCodeOf(rows: readonly Pick<Row, 'holds'>[]): 0 | 1 {
  return rows.some((row) => row.holds === false) ? 1 : 0
}

/** The middle number, or the middle of the two middle ones. @returns NaN of nothing */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** Between the two nearest numbers, in proportion. @param share 0 to 1 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (sorted.length - 1) * share
  const low = sorted[Math.floor(at)] ?? Number.NaN
  const high = sorted[Math.ceil(at)] ?? Number.NaN
  return low + (high - low) * (at - Math.floor(at))
}

/**
 * Takes a number of each way, round after round, there and back: a busy second of the machine is everybody's,
 * and nobody is always the first.
 */
export async function inTurns<Way extends string>(
  ways: Readonly<Record<Way, (round: number) => Promise<number>>>,
  { rounds, warmUp = 1 }: { readonly rounds: number; readonly warmUp?: number },
): Promise<Record<Way, number[]>> {
  const names = Object.keys(ways) as Way[]
  const taken = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Way, number[]>
  for (let round = 0; round < warmUp + rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const value = await ways[name](round)
      if (round >= warmUp) taken[name].push(value)
    }
  }
  return taken
}

/** Milliseconds that something takes. */
export async function timed(what: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await what()
  return performance.now() - begun
}
