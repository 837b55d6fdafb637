import { countOperations, operationRows } from './operations.ts'
import { cpuRows } from './cpu.ts'
import { memoryRows } from './memory.ts'
import { startRows } from './start.ts'
import type { Bench } from '../support/rows.ts'

/** What things cost, as numbers. */
export const operations: Bench = {
  name: 'operations',
  measure: async () => operationRows(await countOperations()),
}
export const cpu: Bench = { name: 'cpu', measure: ({ quick }) => cpuRows(quick) }
export const memory: Bench = {
  name: 'memory',
  async measure({ quick, note }) {
    if (!quick) return memoryRows()
    note('memory: left out with --quick; the misses have the memory of eight images of 25 MB.')
    return []
  },
}
export const start: Bench = { name: 'start', measure: ({ quick }) => startRows(quick) }
