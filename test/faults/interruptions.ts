import pMap from 'p-map'
import { expect, vi } from 'vitest'
import { type FaultyEasel, startFaultyEasel } from '../support/worker/faulty-easel.ts'
import { type Moment, type MomentName, MOMENTS } from './moments.ts'
import { createVisitor, faultFor, finish, type Observed, varsFor, type Visitor } from './run-cell.ts'

/** Generations side by side: more would only wait for the processor. */
const CONCURRENCY = 4

/** A generation that is held at a moment. */
interface Held {
  readonly visitor: Visitor
  readonly first: Promise<string>
  readonly lift: () => void
}

/** Ends the jobs, or the whole Worker, at each of these moments. */
export async function interrupt(
  names: readonly MomentName[],
  how: 'job' | 'Worker',
): Promise<ReadonlyMap<MomentName, Observed>> {
  const easel = await startFaultyEasel({ vars: { ...varsFor(names), TEST_PATIENCE: '20' } })
  try {
    easel.upstream.setFaults(
      names.flatMap((name, index) => {
        const { response }: Moment = MOMENTS[name]
        return response ? [faultFor(index, response)] : []
      }),
    )
    const held = await pMap(names, (name, index) => hold(easel, name, index), { concurrency: CONCURRENCY })
    if (how === 'Worker') await easel.kill()
    else await Promise.all(held.map(({ visitor }) => easel.abortJob(visitor.fingerprint)))
    for (const { lift } of held) lift()
    if (how === 'Worker') await easel.restart()
    const observed = await Promise.all(
      held.map(async ({ visitor, first }) => finish(easel, visitor, await first)),
    )
    return new Map(names.map((name, index) => [name, observed[index] as Observed]))
  } finally {
    await easel.close()
  }
}

async function hold(easel: FaultyEasel, name: MomentName, index: number): Promise<Held> {
  const moment: Moment = MOMENTS[name]
  const { at, stored = [], settled = 0 } = moment
  const visitor = await createVisitor(easel, index, name)
  const rules = at(visitor.key, new RegExp(visitor.prompt))
  const stalls = Object.entries(rules).flatMap(([binding, of]) =>
    [of].flat().map((rule) => easel.faults.add({ [binding]: { times: 1, ...rule } })),
  )
  const first = visitor.request()
  // A cell that doesn't get there says what happened instead.
  await Promise.race([
    Promise.all(stalls.map((stall) => stall.reached())),
    first.then((seen) => Promise.reject(new Error(`${name}: not reached, but ${seen}`))),
  ])
  await vi.waitFor(
    async () => {
      const { outcomes } = await visitor.ledger()
      const seen = { name, stored: await visitor.stored(), settled: outcomes.length }
      expect(seen).toEqual({ name, stored, settled })
    },
    { timeout: 15_000, interval: 100 },
  )
  return { visitor, first, lift: () => stalls.forEach((stall) => stall.lift()) }
}
