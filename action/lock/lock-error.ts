/** The lock can't be read or written. Its content is left as it is. */
export class LockError extends Error {
  override readonly name = 'LockError'
}
