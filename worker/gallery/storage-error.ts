import { EaselError } from '../../shared/errors.ts'

/** R2, the ledger or an object's own storage failed. Nothing is charged twice, so clients may retry. */
export function storageFailed(message: string, cause?: unknown): EaselError {
  return new EaselError('storage_failed', message, { extras: { retryAfterSeconds: 5 }, cause })
}

/** Runs one read of R2. @throws {EaselError} `storage_failed` when R2 fails */
export async function readingR2<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (cause) {
    throw storageFailed('R2 can’t be read right now. Try again in a few seconds.', cause)
  }
}
