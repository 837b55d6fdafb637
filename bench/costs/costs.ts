import { countOperations, operationRows } from './operations.ts'
import { cpuRows } from './cpu.ts'
import { memoryRows } from './memory.ts'
import { startRows } from './start.ts'
import type { Bench } from '../support/rows.ts'

/** What requests cost, in operations, processor time, memory and start-up time. */
export const operations: Bench = {
  name: 'operations',
  measure: async () => operationRows(await countOperations()),
}
export const cpu: Bench = { name: 'cpu', measure: ({ quick }) => cpuRows(quick) }
export const memory: Bench = { name: 'memory', measure: ({ quick }) => memoryRows(quick) }
export const start: Bench = { name: 'start', measure: ({ quick }) => startRows(quick) }
