import { EaselError } from '../../shared/errors.ts'
import { type BilledCost, billedCost } from '../../shared/prices/billed-cost.ts'
import type { Budget } from '../budget/budget.ts'
import type { Settlement } from '../budget/types.ts'
import { USELESS } from './failure.ts'
import type { JobStorage } from './job-storage.ts'
import { askLedger } from './patience.ts'
import type { Bill } from './types.ts'

/** Sends a bill to the ledger, where it counts once however often it is sent. @returns the bill if it didn't arrive */
export async function settle(
  budget: DurableObjectStub<Budget>,
  { attempt, usd, outcome }: Bill,
): Promise<Bill | undefined> {
  try {
    await askLedger(budget.settle(attempt, { usd, outcome }))
    return undefined
  } catch (error) {
    console.error(error)
    return { attempt, usd, outcome }
  }
}

/** Sends the ledger what a job's state says that it doesn't have. @returns whether it has everything */
export async function settleOwed(budget: DurableObjectStub<Budget>, storage: JobStorage): Promise<boolean> {
  const state = storage.state()
  const bill = state && 'bill' in state ? state.bill : undefined
  if (!bill) return true
  if (await settle(budget, bill)) return false
  await storage.settled(bill.attempt)
  return true
}

/**
 * What a failed generation counts as, and how the ledger books it. What was billed without a known cost, and what
 * may have been billed, counts as the estimate.
 */
export function costOf(
  error: unknown,
  limits: Parameters<typeof billedCost>[1],
): BilledCost & Pick<Settlement, 'outcome'> {
  if (isSurelyFree(error)) return { usd: 0, outcome: 'failed' }
  const { billedUsd, mayHaveBeenBilled } =
    error instanceof EaselError ? error.extras : { mayHaveBeenBilled: true }
  return { ...billedCost(billedUsd, limits), outcome: mayHaveBeenBilled ? 'unknown' : 'failed' }
}

/** An error without a code of Easel's is a bug, and may have come at any moment. */
function isSurelyFree(error: unknown): boolean {
  return error instanceof EaselError && !error.extras.mayHaveBeenBilled && !USELESS.has(error.code)
}
