import type { Budget } from '../budget/budget.ts'
import type { JobStorage, Unsettled } from './job-storage.ts'
import { askLedger } from './patience.ts'

export interface BillsPorts {
  readonly budget: DurableObjectStub<Budget>
  readonly storage: Pick<JobStorage, 'unsettled' | 'putUnsettled' | 'deleteUnsettled'>
  /** Has the alarm try again. */
  readonly again: () => Promise<void>
}

/** What a job owes the ledger. */
export interface Bills {
  /** Reports a bill. A ledger that can't be reached gets it later; until then the reservation stands for it. */
  settle(bill: Unsettled): Promise<void>
  /** Reports a bill that an earlier life of the object could not. @returns whether the ledger has them all */
  settleLate(): Promise<boolean>
  /** Gives up a reservation for which nothing was sent. */
  release(attempt: string): Promise<void>
}

export function createBills({ budget, storage, again }: BillsPorts): Bills {
  async function report({ attempt, usd, outcome }: Unsettled): Promise<boolean> {
    try {
      await askLedger(budget.settle(attempt, { usd, outcome }))
      return true
    } catch (error) {
      console.error(error)
      return false
    }
  }

  return {
    async settle(bill) {
      if (await report(bill)) return storage.deleteUnsettled()
      await storage.putUnsettled(bill)
      await again()
    },
    async settleLate() {
      const unsettled = await storage.unsettled()
      if (!unsettled) return true
      if (!(await report(unsettled))) return false
      await storage.deleteUnsettled()
      return true
    },
    async release(attempt) {
      await report({ attempt, usd: 0, outcome: 'failed' })
    },
  }
}
