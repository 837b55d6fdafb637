import { type Retirement, retiredText } from '../catalogue/retirement.ts'
import { UpstreamError, type UpstreamErrorCode } from '../errors.ts'
import type { ResponseEvent } from '../response/read-response.ts'
import type { FailedModel } from '../response/response-events.ts'
import type { UpstreamRequest } from './request.ts'

/** One model that may serve a request. */
export interface Candidate {
  /** As it was asked for; an alias, perhaps. */
  readonly model: string
  /** The model that served, where the response names none: what the alias means, else the same. */
  readonly servedBy: string
  readonly request: UpstreamRequest
  /** Set when the model has an end. */
  readonly retirement?: Retirement | undefined
}

/** At least one. */
export type Candidates = readonly [Candidate, ...Candidate[]]

/** Sends one request. @param retryUntil  milliseconds since the epoch: no retry starts later */
type Send = (request: UpstreamRequest, retryUntil: number) => AsyncGenerator<ResponseEvent, void, undefined>

/**
 * Asks one model after the other until one serves. The next one is asked only when the one before surely billed
 * nothing, another model may do better, and nothing has arrived yet. OpenRouter is never given two models at once:
 * nobody could tell which of them it billed.
 *
 * Each one but the last retries within half of what is left until the deadline. A request in flight is never cut short
 * for the next: it may be billed.
 */
export async function* firstThatServes(
  candidates: Candidates,
  send: Send,
  { now, deadline }: { readonly now: () => number; readonly deadline: number },
): AsyncGenerator<ResponseEvent, void, undefined> {
  const failed: FailedModel[] = []
  for (const [index, candidate] of candidates.entries()) {
    const isLast = index === candidates.length - 1
    const retryUntil = isLast ? deadline : now() + (deadline - now()) / 2
    let isStarted = false
    try {
      for await (const event of send(candidate.request, retryUntil)) {
        isStarted = true
        yield event.type === 'done' ? withModel(event, candidate, failed) : event
      }
      return
    } catch (thrown) {
      const error = explained(thrown, candidate)
      if (isLast || isStarted || now() >= deadline || !mayAskNext(error)) throw error
      failed.push({ model: candidate.model, code: error.code, message: error.message })
    }
  }
}

/** By code: whether another model may serve what this one didn't. False for all that was billed, or may have been. */
const MAY_ASK_NEXT = {
  invalid_spec: true,
  model_not_found: true,
  rate_limited: true,
  upstream_failed: true,
  upstream_timeout: true,
  // The content is refused, not the model.
  refused: false,
  // The account is, and the next model would find the same.
  credits_exhausted: false,
  upstream_unauthorized: false,
  billing_unknown: false,
  no_image: false,
  upstream_invalid: false,
} as const satisfies Record<UpstreamErrorCode, boolean>

function mayAskNext(error: unknown): error is UpstreamError {
  if (!(error instanceof UpstreamError)) return false
  // A lookup that found no bill comes after a doubt: what is late may still be billed.
  const wasInDoubt = error.cause instanceof UpstreamError && error.cause.mayHaveBeenBilled
  return MAY_ASK_NEXT[error.code] && !error.billedUsd && !wasInDoubt
}

function withModel(
  event: ResponseEvent & { readonly type: 'done' },
  { servedBy }: Candidate,
  failedModels: readonly FailedModel[],
): ResponseEvent {
  return { ...event, model: event.model ?? servedBy, ...(failedModels.length > 0 && { failedModels }) }
}

/** A 404 for a model that was to be retired says so. */
function explained(error: unknown, { model, retirement }: Candidate): unknown {
  if (!(error instanceof UpstreamError) || error.code !== 'model_not_found' || !retirement) return error
  return new UpstreamError('model_not_found', retiredText(model, retirement), {
    generationId: error.generationId,
    upstreamStatus: error.upstreamStatus,
    extras: {
      ...error.extras,
      ...(retirement.successor !== undefined && { closest: [retirement.successor] }),
    },
    cause: error,
  })
}
