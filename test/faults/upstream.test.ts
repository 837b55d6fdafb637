import { beforeAll, describe, expect, it } from 'vitest'
import { fail } from './fail.ts'
import { type Failure, UPSTREAM_FAILURES } from './failures.ts'
import type { Observed } from './run-cell.ts'

const FAILURES = Object.entries<Failure>(UPSTREAM_FAILURES)

describe('an OpenRouter that fails', () => {
  let observed: ReadonlyMap<string, Observed>

  beforeAll(async () => {
    observed = await fail(UPSTREAM_FAILURES, { EASEL_TIMEOUT_SECONDS: '10' })
  }, 200_000)

  it.each(FAILURES)('is paid again only after a word: %s', (name, { expected }) => {
    expect(observed.get(name)).toEqual({ ...expected, violations: [] })
  })
})
