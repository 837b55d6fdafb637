import { storageFailed } from '../gallery/storage-error.ts'

/** What neither answers nor fails for so long counts as failed, milliseconds. */
const STALL_MS = 10_000

/** R2 fails now and then and works again a moment later. */
const ATTEMPTS = 3
const DELAY_MS = 200

/** `work`, or `storage_failed` when it takes longer than `ms`. The timer ends with the work. */
export async function within<T>(work: Promise<T>, what: string, ms: number = STALL_MS): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | null = null
  const stalled = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(storageFailed(`${what} does not respond. Try again in a few seconds.`)),
      ms,
    )
  })
  try {
    return await Promise.race([work, stalled])
  } finally {
    clearTimeout(timer)
  }
}

/** How long the ledger may take, milliseconds: requests wait for it. */
const LEDGER_MS = 2000

/** What the ledger says, or `storage_failed`. */
export function askLedger<T>(asked: T): Promise<Awaited<T>> {
  return within(Promise.resolve(asked), 'The ledger', LEDGER_MS)
}

/** Retries one write to R2 with a short backoff. What stalls is not repeated: it may still happen. */
export async function persistently<T>(write: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const startedAt = Date.now()
    try {
      return await within(write(), 'R2')
    } catch (error) {
      if (attempt === ATTEMPTS || Date.now() - startedAt >= STALL_MS) throw error
      await scheduler.wait(DELAY_MS * attempt)
    }
  }
}
