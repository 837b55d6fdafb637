import pMap from 'p-map'
import { type FaultyEasel, startFaultyEasel } from '../support/worker/faulty-easel.ts'
import type { Failure } from './failures.ts'
import { createVisitor, faultFor, finish, type Observed, varsFor } from './run-cell.ts'

/** Generations side by side: most of them wait for something that stalls. */
const CONCURRENCY = 6

/** Lets each of these fail during a first request, and work again for the next one. */
export async function fail(
  failures: Readonly<Record<string, Failure>>,
  vars: Readonly<Record<string, string>> = {},
): Promise<ReadonlyMap<string, Observed>> {
  const entries = Object.entries(failures)
  const easel = await startFaultyEasel({ vars: { ...varsFor(entries), TEST_PATIENCE: '2', ...vars } })
  try {
    easel.upstream.setFaults(
      entries.flatMap(([, { upstream, response }], index) => [
        ...(upstream ? [faultFor(index, { times: 1, ...upstream })] : []),
        ...(response ? [faultFor(index, response)] : []),
      ]),
    )
    const observed = await pMap(
      entries,
      async ([name, failure], index) => [name, await failOnce(easel, name, failure, index)] as const,
      { concurrency: CONCURRENCY },
    )
    return new Map(observed)
  } finally {
    await easel.close()
  }
}

async function failOnce(
  easel: FaultyEasel,
  name: string,
  { rules }: Failure,
  index: number,
): Promise<Observed> {
  const visitor = await createVisitor(easel, index, name)
  const faults = rules && easel.faults.add(rules(visitor.fingerprint))
  const first = await visitor.request()
  faults?.lift()
  return finish(easel, visitor, first)
}
