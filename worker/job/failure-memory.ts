import { type Failure, remember, tell } from './failure.ts'
import type { FailedState, JobStorage } from './job-storage.ts'

export interface FailureMemoryPorts {
  readonly storage: Pick<JobStorage, 'putState' | 'clear'>
  /** Has the alarm come then, or earlier. */
  readonly wakeAt: (time: number) => Promise<void>
  /** How long a doubt is held once somebody has been told, milliseconds. */
  readonly unknownHoldMs: number
}

/** What new requests get after a failure, for a while. */
export interface FailureMemory {
  /** The place of everything else in the storage. @returns the failure for those who wait, if anybody does */
  keep(failure: Failure, isAwaited: boolean): Promise<Failure>
  /** The failure for somebody who asks. */
  tell(state: FailedState): Promise<Failure>
  /** Forgets it when its time is over; otherwise has the alarm come then. */
  expire(state: FailedState): Promise<void>
}

export function createFailureMemory({ storage, wakeAt, unknownHoldMs }: FailureMemoryPorts): FailureMemory {
  async function put(state: FailedState): Promise<void> {
    await storage.putState(state)
    await wakeAt(state.until)
  }

  async function tellNow(state: FailedState): Promise<Failure> {
    const { failure, remembered } = tell(state, Date.now(), unknownHoldMs)
    if (!state.isTold) await put({ phase: 'failed', ...remembered })
    return failure
  }

  return {
    async keep(failure, isAwaited) {
      const state: FailedState = { phase: 'failed', ...remember(failure, Date.now()) }
      // First of all: a crash in between must not forget the doubt.
      await put(state)
      await storage.clear('failed')
      return isAwaited ? tellNow(state) : failure
    },
    tell: tellNow,
    async expire(state) {
      if (state.until > Date.now()) await wakeAt(state.until)
      else await storage.clear()
    },
  }
}
