/** The lock can't be worked with. Nothing is written then: what it holds stays. */
export class LockError extends Error {
  override readonly name = 'LockError'
}
