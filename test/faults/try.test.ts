import { it } from 'vitest'
import { interrupt } from './interruptions.ts'
import { MOMENTS, type MomentName } from './moments.ts'

it.each(['job', 'Worker'] as const)('%s', { timeout: 200_000 }, async (how) => {
  const names = Object.keys(MOMENTS) as MomentName[]
  const t = performance.now()
  for (const [name, o] of await interrupt(names, how)) console.log('CELL', how, name, JSON.stringify(o))
  console.log('CELL', performance.now() - t)
})
