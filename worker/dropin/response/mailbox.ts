/** Passes values from a callback to a loop, in order. */
export interface Mailbox<T> {
  post(value: T): void
  /** Nothing more will come. */
  close(): void
  /** The next value: `late` when none came within `waitMs`, `closed` when none will. */
  next(waitMs: number): Promise<{ readonly value: T } | 'late' | 'closed'>
}

/** @param capacity  how many values wait for a slow reader; older ones make way for newer ones */
export function createMailbox<T>(capacity: number): Mailbox<T> {
  const values: T[] = []
  let isClosed = false
  let changed = Promise.withResolvers<void>()

  function change(): void {
    changed.resolve()
    changed = Promise.withResolvers()
  }

  return {
    post(value) {
      if (values.length === capacity) values.shift()
      values.push(value)
      change()
    },
    close() {
      isClosed = true
      change()
    },
    async next(waitMs) {
      if (values.length === 0 && !isClosed) {
        const { promise } = changed
        await Promise.race([promise, scheduler.wait(waitMs)])
      }
      const [value] = values.splice(0, 1)
      if (value !== undefined) return { value }
      return isClosed ? 'closed' : 'late'
    },
  }
}
