import { beforeAll, describe, expect, it } from 'vitest'
import { interrupt } from './interruptions.ts'
import { MOMENTS, type MomentName } from './moments.ts'
import type { Observed } from './run-cell.ts'

const NAMES = Object.keys(MOMENTS) as MomentName[]

describe.each(['job', 'Worker'] as const)('a %s that is stopped', (what) => {
  let observed: ReadonlyMap<MomentName, Observed>

  beforeAll(async () => {
    observed = await interrupt(NAMES, what)
  }, 200_000)

  it.each(NAMES)('pays nothing twice without a word: %s', (name) => {
    const { expected } = MOMENTS[name]
    const first = what === 'Worker' ? 'connection lost' : expected.next
    expect(observed.get(name)).toEqual({ ...expected, first, violations: [] })
  })
})
