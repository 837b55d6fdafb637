import { beforeAll, describe, expect, it } from 'vitest'
import { fail } from './fail.ts'
import { type Failure, STORAGE_FAILURES } from './failures.ts'
import type { Observed } from './run-cell.ts'

const FAILURES = Object.entries<Failure>(STORAGE_FAILURES)

describe('R2 or a ledger that fails', () => {
  let observed: ReadonlyMap<string, Observed>

  beforeAll(async () => {
    observed = await fail(STORAGE_FAILURES)
  }, 200_000)

  it.each(FAILURES)('loses no image that is paid for: %s', (name, { expected }) => {
    expect(observed.get(name)).toEqual({ ...expected, violations: [] })
  })
})
