import { EaselError } from '../../shared/errors.ts'
import { type Fingerprint, isFingerprint } from '../../shared/fingerprint.ts'

/** @throws {EaselError} `not_found` when it isn't one */
export function parseFingerprint(text: string): Fingerprint {
  if (isFingerprint(text)) return text
  throw notFound('A fingerprint is 64 lower-case hex digits.')
}

export function notFound(message: string): EaselError {
  return new EaselError('not_found', message)
}
