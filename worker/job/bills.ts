import type { Budget } from '../budget/budget.ts'
import { settle } from './admission.ts'
import type { JobStorage, Unsettled } from './job-storage.ts'

/** What a job owes the ledger: one bill at most, since it reserves only when it owes nothing. */
export interface Bills {
  /** Reports a bill. A ledger that can't be reached gets it later; until then the reservation stands for it. */
  settle(bill: Unsettled): Promise<void>
  /** Reports the bill that is left from before. @returns whether the ledger has it now, or there was none */
  settleLate(): Promise<boolean>
}

export interface BillsPorts {
  readonly budget: DurableObjectStub<Budget>
  readonly storage: Pick<JobStorage, 'unsettled' | 'putUnsettled' | 'deleteUnsettled'>
  /** Wakes the job to settle late. */
  readonly wakeLater: () => Promise<void>
}

export function createBills({ budget, storage, wakeLater }: BillsPorts): Bills {
  return {
    async settle(bill) {
      // It may be written down already, together with its images.
      if (await settle(budget, bill)) return storage.deleteUnsettled()
      await storage.putUnsettled(bill)
      await wakeLater()
    },
    async settleLate() {
      const unsettled = await storage.unsettled()
      if (!unsettled) return true
      if (!(await settle(budget, unsettled))) return false
      await storage.deleteUnsettled()
      return true
    },
  }
}
