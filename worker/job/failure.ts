import { EaselError, type EaselErrorCode, type EaselErrorExtras, UpstreamError } from '../../shared/errors.ts'
import { storageFailed } from '../gallery/storage-error.ts'

/** An {@link EaselError} as it is stored, and as it crosses from one object to another. */
export interface Failure {
  readonly code: EaselErrorCode
  readonly message: string
  readonly extras: EaselErrorExtras
}

/** Responses that are complete, billed and useless: asking again only buys the same. */
export const USELESS: ReadonlySet<EaselErrorCode> = new Set(['no_image', 'upstream_invalid'])

export function toFailure(error: unknown): Failure {
  if (error instanceof EaselError) return { code: error.code, message: error.message, extras: error.extras }
  return {
    code: 'internal',
    message: 'This is a bug in Easel. It has been logged; trying again may help.',
    extras: {},
  }
}

export function toError({ code, message, extras }: Failure): EaselError {
  return new EaselError(code, message, { extras })
}

/** The object stopped while OpenRouter worked: nobody knows how that ended. */
export function interrupted(): UpstreamError {
  return new UpstreamError(
    'billing_unknown',
    'Easel was restarted while the image was being generated, so it may have been billed.',
  )
}

/** Nothing took what OpenRouter has sent. */
export function lost(cause?: unknown): UpstreamError {
  return new UpstreamError(
    'billing_unknown',
    'Neither R2 nor Easel’s own storage took the image, so it is lost. It may have been billed.',
    { cause },
  )
}

export const PURGED: Failure = {
  code: 'purged',
  message: 'The image was purged while it was being generated. Request it again to generate it.',
  extras: {},
}

/** R2 rejects what has been generated and is safe in the object's own storage. */
export const NOT_STORED_YET = toFailure(
  storageFailed('R2 rejected the write. The image is safe: retry, you won’t be charged again.'),
)

export const LEDGER_FAILED = toFailure(
  storageFailed(
    'The ledger can’t be reached, so nothing was generated or charged. Try again in a few seconds.',
  ),
)

export const OWN_STORAGE_FAILED = toFailure(
  storageFailed(
    'Easel’s own storage does not respond. Try again in a few seconds: you won’t be charged again.',
  ),
)
