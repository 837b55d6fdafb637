import type { SpecIssue } from './spec/spec-issue.ts'

/** The closed list of what can go wrong. Callers switch on `code`; messages may change. */
export type EaselErrorCode =
  | 'invalid_spec'
  | 'unsupported_by_model'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'purged'
  | 'method_not_allowed'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'precondition_failed'
  | 'range_not_satisfiable'
  | 'model_not_found'
  | 'refused'
  | 'budget_exhausted'
  | 'rate_limited'
  | 'credits_exhausted'
  | 'upstream_unauthorized'
  | 'billing_unknown'
  | 'no_image'
  | 'upstream_invalid'
  | 'upstream_failed'
  | 'upstream_timeout'
  | 'storage_failed'
  | 'misconfigured'
  | 'internal'

/** What the caller may learn beside the message. Never a key, never an upstream body. */
export interface EaselErrorExtras {
  /** Where in the spec: `aspect_ratio`, `font_inputs[0].text`. */
  readonly field?: string
  /** What the field would accept. */
  readonly accepts?: readonly string[]
  /** Models that can do what this one can't. */
  readonly models?: readonly string[]
  /** Everything that is wrong with a spec, when it is more than one thing. */
  readonly issues?: readonly Omit<SpecIssue, 'path'>[]
  /** Names close to the one that was not found. */
  readonly closest?: readonly string[]
  /** Seconds until a retry makes sense; sent as `Retry-After`. */
  readonly retryAfterSeconds?: number
  /** The methods that a route has; sent as `Allow`. */
  readonly allow?: readonly string[]
  /** Nobody can tell whether OpenRouter billed the request. */
  readonly mayHaveBeenBilled?: true
  /** What OpenRouter billed although no image came, USD. */
  readonly billedUsd?: number
}

/**
 * Every error that Easel throws on purpose. `message` is a few sentences for the user: what is wrong and what
 * to do about it. Anyone may see it.
 */
export class EaselError extends Error {
  override readonly name: string = 'EaselError'
  readonly code: EaselErrorCode
  readonly extras: EaselErrorExtras

  constructor(
    code: EaselErrorCode,
    message: string,
    options: { readonly extras?: EaselErrorExtras; readonly cause?: unknown } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : {})
    this.code = code
    this.extras = options.extras ?? {}
  }
}

/** The spec itself is wrong, whatever the model. */
export class InvalidSpecError extends EaselError {
  override readonly name = 'InvalidSpecError'
  readonly issues: readonly [SpecIssue, ...SpecIssue[]]

  constructor(issues: readonly [SpecIssue, ...SpecIssue[]]) {
    const [first] = issues
    super('invalid_spec', issues.map((issue) => issue.detail).join(' '), {
      extras: {
        field: first.field,
        ...(first.accepts && { accepts: first.accepts }),
        ...(issues.length > 1 && { issues: issues.map(withoutPath) }),
      },
    })
    this.issues = issues
  }
}

function withoutPath({ field, detail, accepts }: SpecIssue): Omit<SpecIssue, 'path'> {
  return { field, detail, ...(accepts && { accepts }) }
}

/** The spec is right, but this model can't generate it. */
export class UnsupportedByModelError extends EaselError {
  override readonly name = 'UnsupportedByModelError'
  readonly issue: SpecIssue

  /** @param models  models that can */
  constructor(issue: SpecIssue, models: readonly string[] = []) {
    const hint = models.length > 0 ? ` Models that can: ${models.join(', ')}.` : ''
    super('unsupported_by_model', `${issue.detail}${hint}`, {
      extras: {
        field: issue.field,
        ...(issue.accepts && { accepts: issue.accepts }),
        ...(models.length > 0 && { models }),
      },
    })
    this.issue = issue
  }
}

/** No model goes by that name. */
export class ModelNotFoundError extends EaselError {
  override readonly name = 'ModelNotFoundError'

  /** When it was retired and what to use instead, where that is known. */
  readonly retired: string | undefined

  constructor(model: string, closest: readonly string[], retired?: string) {
    const hint = closest.length > 0 ? `Did you mean ${closest.join(' or ')}?` : 'GET /v1/models lists them.'
    super('model_not_found', retired ?? `There is no image model “${model}” at OpenRouter. ${hint}`, {
      extras: { field: 'model', closest },
    })
    this.retired = retired
  }
}

/** Why a request to OpenRouter brought no image. */
export type UpstreamErrorCode = Extract<
  EaselErrorCode,
  | 'invalid_spec'
  | 'refused'
  | 'model_not_found'
  | 'rate_limited'
  | 'credits_exhausted'
  | 'upstream_unauthorized'
  | 'billing_unknown'
  | 'no_image'
  | 'upstream_invalid'
  | 'upstream_failed'
  | 'upstream_timeout'
>

interface UpstreamErrorOptions {
  readonly retryable?: boolean
  readonly billedUsd?: number | undefined
  readonly generationId?: string | undefined
  readonly upstreamStatus?: number | undefined
  readonly extras?: EaselErrorExtras
  readonly cause?: unknown
}

/** OpenRouter refused, failed, or sent something that isn't an image. */
export class UpstreamError extends EaselError {
  override readonly name = 'UpstreamError'
  override readonly code: UpstreamErrorCode
  /** Whether a retry can't be billed twice, and may help. */
  readonly retryable: boolean
  /** Whether nobody can tell if it was billed; then the code is `billing_unknown`. */
  readonly mayHaveBeenBilled: boolean
  /** What OpenRouter billed although no image came, USD, where that is known. */
  readonly billedUsd: number | undefined
  /** OpenRouter's ID of the generation, where it gave one. */
  readonly generationId: string | undefined
  /** HTTP status from OpenRouter, where there was one. */
  readonly upstreamStatus: number | undefined
  readonly #options: UpstreamErrorOptions

  constructor(code: UpstreamErrorCode, message: string, options: UpstreamErrorOptions = {}) {
    const { billedUsd, extras, ...rest } = options
    const mayHaveBeenBilled = code === 'billing_unknown'
    super(code, message, {
      ...rest,
      extras: {
        ...extras,
        ...(mayHaveBeenBilled && { mayHaveBeenBilled }),
        ...(billedUsd !== undefined && { billedUsd }),
      },
    })
    this.code = code
    this.#options = options
    this.retryable = options.retryable ?? false
    this.mayHaveBeenBilled = mayHaveBeenBilled
    this.billedUsd = billedUsd
    this.generationId = options.generationId
    this.upstreamStatus = options.upstreamStatus
  }

  /** The same error, with what was learnt about the generation since. */
  with(learnt: { readonly generationId?: string | undefined }): UpstreamError {
    return new UpstreamError(this.code, this.message, { ...this.#options, ...learnt })
  }
}
