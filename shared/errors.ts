import type { FieldPath } from './spec/spec-issue.ts'

/** The closed list of what can go wrong. Callers switch on `code`; messages may change. */
export type EaselErrorCode =
  | 'invalid_spec'
  | 'unsupported_by_model'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
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
  | 'no_image'
  | 'upstream_invalid'
  | 'upstream_failed'
  | 'upstream_timeout'
  | 'storage_failed'
  | 'misconfigured'
  | 'internal'

/** What the caller may learn beside the sentence. Never a key, never an upstream body. */
export interface EaselErrorExtras {
  /** Where in the spec: `aspect_ratio`, `font_inputs[0].text`. */
  readonly field?: string
  /** What the field would accept. */
  readonly accepts?: readonly string[]
  /** All that is wrong with a spec, when it is more than one thing. */
  readonly issues?: readonly Omit<SpecIssue, 'path'>[]
  /** Names close to the one that was not found. */
  readonly closest?: readonly string[]
  /** Seconds until asking again makes sense; sent as `Retry-After`. */
  readonly retryAfterSeconds?: number
  /** The methods that a route has; sent as `Allow`. */
  readonly allow?: readonly string[]
}

/** One thing that is wrong with a spec. */
export interface SpecIssue {
  readonly path: FieldPath
  /** The path, printed: `font_inputs[0].text`. */
  readonly field: string
  /** One sentence: the field, the value, what is accepted. */
  readonly detail: string
  readonly accepts?: readonly string[]
}

/**
 * Every error that Easel throws on purpose. `message` is one or two sentences for the user: what is wrong
 * and what to do about it. It may be shown to anyone.
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

  constructor(issue: SpecIssue) {
    super('unsupported_by_model', issue.detail, {
      extras: { field: issue.field, ...(issue.accepts && { accepts: issue.accepts }) },
    })
    this.issue = issue
  }
}

/** No model goes by that name. */
export class ModelNotFoundError extends EaselError {
  override readonly name = 'ModelNotFoundError'

  constructor(model: string, closest: readonly string[]) {
    const hint = closest.length > 0 ? `Did you mean ${closest.join(' or ')}?` : 'GET /v1/models lists them.'
    super('model_not_found', `There is no image model “${model}” at OpenRouter. ${hint}`, {
      extras: { field: 'model', closest },
    })
  }
}

/** Why a request to OpenRouter, or the reading of its answer, came to nothing. */
export type UpstreamErrorCode = Extract<
  EaselErrorCode,
  | 'invalid_spec'
  | 'refused'
  | 'model_not_found'
  | 'rate_limited'
  | 'credits_exhausted'
  | 'upstream_unauthorized'
  | 'no_image'
  | 'upstream_invalid'
  | 'upstream_failed'
  | 'upstream_timeout'
>

/** OpenRouter said no, broke off, or sent what is no image. */
export class UpstreamError extends EaselError {
  override readonly name = 'UpstreamError'
  /** Whether asking again is free of the risk of paying twice and may help. */
  readonly retryable: boolean
  /** Whether the image may have been made, and billed, although it never arrived. */
  readonly mayHaveBeenPaid: boolean
  /** HTTP status from upstream, where there was one. */
  readonly upstreamStatus: number | undefined

  constructor(
    code: UpstreamErrorCode,
    message: string,
    options: {
      readonly retryable?: boolean
      readonly mayHaveBeenPaid?: boolean
      readonly upstreamStatus?: number
      readonly extras?: EaselErrorExtras
      readonly cause?: unknown
    } = {},
  ) {
    super(code, message, options)
    this.retryable = options.retryable ?? false
    this.mayHaveBeenPaid = options.mayHaveBeenPaid ?? false
    this.upstreamStatus = options.upstreamStatus
  }
}
