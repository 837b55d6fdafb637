import type { Chart } from './chart.ts'

/** A limit on a value, on its ratio to the reference, or on its difference from it. */
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
  /** The median of the reference, in the same unit. */
  readonly reference: number | null
  /** What the reference is. */
  readonly against: string | null
  /** The median of the ratios of each round's value to its reference. */
  readonly ratio: number | null
  readonly bound: Bound | null
  /** `null` where there is no bound. */
  readonly holds: boolean | null
}

export interface Measured {
  readonly name: string
  readonly unit: string
  /** One for each round. */
  readonly values: readonly number[]
  readonly against?: string
  /** One for each round, as many as `values`. */
  readonly references?: readonly number[]
  readonly bound?: Bound
}

/** A part of the run, selected by `--only`. */
export interface Bench {
  readonly name: string
  measure(options: BenchOptions): Promise<readonly Row[]>
}

export interface BenchOptions {
  /** Fewer rounds and smaller sizes: less accurate, done in seconds. */
  readonly quick: boolean
  /** Reports what is left out, and why. */
  readonly note: (line: string) => void
  /** Adds a chart of what was measured, under a file name. */
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

/** NaN holds no bound. */
export function holds(value: number, { atMost = Infinity, atLeast = -Infinity }: Bound): boolean {
  return value <= atMost && value >= atLeast
}

/** 1 if a bound is broken. */
export function exitCodeOf(rows: readonly Pick<Row, 'holds'>[]): 0 | 1 {
  return rows.some((row) => row.holds === false) ? 1 : 0
}

/** The middle number, or the mean of the two middle ones; NaN without numbers. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** Interpolated between the two nearest numbers. @param share  0 to 1 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (sorted.length - 1) * share
  const low = sorted[Math.floor(at)] ?? Number.NaN
  const high = sorted[Math.ceil(at)] ?? Number.NaN
  return low + (high - low) * (at - Math.floor(at))
}

/**
 * Measures each way once a round. The ways are interleaved, so that noise hits all of them, and every other round
 * runs them in reverse, so that none is always first.
 */
export async function interleave<Way extends string>(
  ways: Readonly<Record<Way, (round: number) => Promise<number>>>,
  { rounds, warmUp = 1 }: { readonly rounds: number; readonly warmUp?: number },
): Promise<Record<Way, number[]>> {
  const names = Object.keys(ways) as Way[]
  const measured = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Way, number[]>
  for (let round = 0; round < warmUp + rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const value = await ways[name](round)
      if (round >= warmUp) measured[name].push(value)
    }
  }
  return measured
}

/** Milliseconds that some work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}
