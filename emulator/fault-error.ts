import { ApiError } from './errors.ts'
import type { Fault } from './faults.ts'

/** The error that a fault asks for, if any. @param now  milliseconds since the epoch */
export function errorOf(fault: Fault, now: number): ApiError | undefined {
  const { status, errorType: type, message, retryAfterSeconds, retryable } = fault
  if (fault.refusal === true) {
    return new ApiError(400, {
      type: 'content_policy_violation',
      message: message ?? 'The request was refused by the content policy of the provider',
      providerCode: 'moderation_blocked',
    })
  }
  if (status === undefined) return undefined
  const metadata = status === 403 ? { reasons: ['violence'], flagged_input: 'the flagged words' } : undefined
  const retryAt = fault.retryAfterDate === true ? new Date(now + (retryAfterSeconds ?? 0) * 1000) : undefined
  return new ApiError(status, { type, message, retryAfterSeconds, retryAt, retryable, metadata })
}
