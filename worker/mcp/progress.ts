import type { ServerContext } from '@modelcontextprotocol/server'

/** Models take seconds to minutes, and clients give up on what says nothing. */
const INTERVAL_MS = 3000

/** Waits for `work`, and tells the client every few seconds that it goes on, if the client wants to know. */
export async function withProgress<T>(
  { mcpReq: { _meta, notify } }: ServerContext,
  message: string,
  work: Promise<T>,
): Promise<T> {
  const progressToken = _meta?.progressToken
  if (progressToken === undefined) return work
  const ended = work.then(
    () => true,
    () => true,
  )
  const start = Date.now()
  do {
    const progress = Math.round((Date.now() - start) / 1000)
    const params = {
      progressToken,
      progress,
      message: progress === 0 ? message : `${message} (${progress} s)`,
    }
    // Whoever hung up isn't told; the generation goes on.
    await notify({ method: 'notifications/progress', params }).catch(() => undefined)
  } while (!(await Promise.race([ended, scheduler.wait(INTERVAL_MS).then(() => false)])))
  return work
}
