import { EaselError, type EaselErrorCode, type EaselErrorExtras, UpstreamError } from '../../shared/errors.ts'

/** An {@link EaselError} as it is stored, and as it crosses from one object to another. */
export interface Failure {
  readonly code: EaselErrorCode
  readonly message: string
  readonly extras: EaselErrorExtras
}

const HOUR_MS = 3_600_000

/** How long a failure answers for the next attempts, milliseconds: long enough to calm a burst. */
const MEMORY_MS = 3000

export function toFailure(error: unknown): Failure {
  if (error instanceof EaselError) return { code: error.code, message: error.message, extras: error.extras }
  return {
    code: 'internal',
    message: 'This is a bug in Easel. It has been logged; asking again may help.',
    extras: {},
  }
}

export function toError({ code, message, extras }: Failure): EaselError {
  return new EaselError(code, message, { extras })
}

/**
 * How long a failure is remembered, milliseconds. A refusal is about the content and would only be repeated;
 * everything else may pass.
 */
export function memoryOf({ code, extras }: Failure): number {
  if (code === 'refused') return HOUR_MS
  return Math.max(MEMORY_MS, Math.min((extras.retryAfterSeconds ?? 0) * 1000, HOUR_MS))
}

/** The failure as it is told to somebody who may come back at `until`. */
export function withRetryAfter(failure: Failure, until: number, now: number): Failure {
  const retryAfterSeconds = Math.max(1, Math.ceil((until - now) / 1000))
  return { ...failure, extras: { ...failure.extras, retryAfterSeconds } }
}

/** Whether money may have been spent although no image came. */
export function mayHaveCost(error: unknown): boolean {
  return error instanceof UpstreamError && (error.mayHaveBeenBilled || error.code === 'upstream_invalid')
}

/** R2 does not take what has been paid for. */
export function notStored(retryAfterMs: number): Failure {
  return {
    code: 'storage_failed',
    message:
      'The image is generated and safe, but R2 does not take it yet. Ask again: nothing is paid twice.',
    extras: { retryAfterSeconds: retryAfterMs / 1000 },
  }
}

/** After a restart in the middle of a call: what was asked for may have been made, and nobody knows. */
export function interrupted(): UpstreamError {
  return new UpstreamError(
    'billing_unknown',
    'Easel was restarted while the image was being generated. It may have been billed, so Easel did not ask again by itself; ask again to have it generated.',
  )
}
