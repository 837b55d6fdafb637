import { describe, expect, it } from 'vitest'
import {
  EaselError,
  type EaselErrorCode,
  InvalidSpecError,
  ModelNotFoundError,
  UnsupportedByModelError,
  UpstreamError,
} from '../../shared/errors.ts'
import { errorHeaders, problemResponse, statusOf, toProblem } from '../../shared/problem.ts'
import { specIssue } from '../../shared/spec/spec-issue.ts'

/** Every code has its status; clients act on it. */
const DOCUMENTED: readonly [code: EaselErrorCode, status: number][] = [
  ['invalid_spec', 400],
  ['unsupported_by_model', 422],
  ['unauthorized', 401],
  ['forbidden', 403],
  ['not_found', 404],
  ['method_not_allowed', 405],
  ['precondition_failed', 412],
  ['payload_too_large', 413],
  ['unsupported_media_type', 415],
  ['range_not_satisfiable', 416],
  ['model_not_found', 404],
  ['purged', 410],
  ['refused', 422],
  ['budget_exhausted', 402],
  ['rate_limited', 429],
  ['credits_exhausted', 503],
  ['upstream_unauthorized', 503],
  ['storage_failed', 503],
  ['misconfigured', 503],
  ['upstream_failed', 502],
  ['upstream_timeout', 504],
  ['internal', 500],
]

describe('a problem', () => {
  it.each(DOCUMENTED)('of code %s is a %i, and stored by nobody', async (code, status) => {
    const response = problemResponse(new EaselError(code, 'What happened.'))
    expect(statusOf(code)).toBe(status)
    expect(response.status).toBe(status)
    expect(response.headers.get('Content-Type')).toBe('application/problem+json')
    expect(response.headers.get('Cache-Control')).toBe('no-store')
    expect(await response.json()).toEqual({
      title: expect.stringMatching(/^[A-Z]/),
      status,
      code,
      detail: 'What happened.',
    })
    expect(response.headers.has('x-should-retry')).toBe(false)
  })

  it.each(['billing_unknown', 'no_image', 'upstream_invalid'] as const)(
    'of code %s is a 424 that no client retries by itself',
    async (code) => {
      const error = new UpstreamError(code, 'What happened.', { extras: { retryAfterSeconds: 5 } })
      const response = problemResponse(error)
      expect(response.status).toBe(424)
      expect(response.headers.get('x-should-retry')).toBe('false')
      expect(response.headers.has('Retry-After')).toBe(false)
      expect(response.headers.get('Cache-Control')).toBe('no-store')
      expect(await response.json()).not.toHaveProperty('retry_after')
    },
  )

  it('says whether it may have been billed, and what was', () => {
    const unknown = new UpstreamError('billing_unknown', 'x', { generationId: 'gen-7' })
    expect(unknown).toMatchObject({ mayHaveBeenBilled: true, generationId: 'gen-7' })
    expect(toProblem(unknown)).toMatchObject({ may_have_been_billed: true })
    // Also once it has crossed from one object to another.
    expect(toProblem(new EaselError('billing_unknown', 'x'))).toMatchObject({ may_have_been_billed: true })
    const billed = new UpstreamError('no_image', 'x', { billedUsd: 0.04 })
    expect(billed).toMatchObject({ mayHaveBeenBilled: false, billedUsd: 0.04 })
    expect(toProblem(billed)).toMatchObject({ billed_usd: 0.04 })
    expect(toProblem(billed)).not.toHaveProperty('may_have_been_billed')
    expect(toProblem(new UpstreamError('no_image', 'x'))).not.toHaveProperty('billed_usd')
  })

  it('has the same headers in any other shape', () => {
    const later = new UpstreamError('rate_limited', 'x', { extras: { retryAfterSeconds: 1.2 } })
    expect([...errorHeaders(later)]).toEqual([
      ['cache-control', 'no-store'],
      ['retry-after', '2'],
    ])
    expect([...errorHeaders(new Error('a bug'))]).toEqual([['cache-control', 'no-store']])
  })

  it('of a wrong spec names the field, what it takes, and all the rest that is wrong', () => {
    const issues = [
      specIssue(['n'], 'n is 11: must be at most 10.'),
      specIssue(['api'], 'api is "x".', ['auto']),
    ] as const
    expect(toProblem(new InvalidSpecError(issues))).toMatchObject({
      code: 'invalid_spec',
      field: 'n',
      issues: [
        { field: 'n', detail: 'n is 11: must be at most 10.' },
        { field: 'api', detail: 'api is "x".', accepts: ['auto'] },
      ],
      detail: 'n is 11: must be at most 10. api is "x".',
    })
    expect(toProblem(new InvalidSpecError([issues[1]]))).toMatchObject({ field: 'api', accepts: ['auto'] })
  })

  it('of a model that can’t, or isn’t there, says what would do', () => {
    const issue = specIssue(['n'], 'n is 4.', ['1'])
    expect(toProblem(new UnsupportedByModelError(issue))).toMatchObject({
      status: 422,
      field: 'n',
      accepts: ['1'],
    })
    expect(toProblem(new ModelNotFoundError('a/c', ['a/b']))).toMatchObject({
      status: 404,
      closest: ['a/b'],
      detail: expect.stringContaining('Did you mean a/b?'),
    })
  })

  it('to come back from later says when, in whole seconds', () => {
    const error = new UpstreamError('rate_limited', 'Later.', { extras: { retryAfterSeconds: 1.2 } })
    expect(problemResponse(error).headers.get('Retry-After')).toBe('2')
    expect(toProblem(error)).toMatchObject({ retry_after: 1.2 })
    expect(problemResponse(new EaselError('internal', 'x')).headers.has('Retry-After')).toBe(false)
  })

  it('of a wrong method says which there are', () => {
    const error = new EaselError('method_not_allowed', 'No.', { extras: { allow: ['GET', 'HEAD'] } })
    expect(problemResponse(error).headers.get('Allow')).toBe('GET, HEAD')
  })

  it.each([new Error('the key is sk-or-secret'), 'sk-or-secret', undefined, { message: 'sk-or-secret' }])(
    'that nobody threw on purpose (%s) reveals nothing',
    async (thrown) => {
      const response = problemResponse(thrown)
      expect(response.status).toBe(500)
      expect(await response.text()).not.toContain('secret')
    },
  )

  it('never tells of its cause, nor of what upstream said', async () => {
    const error = new UpstreamError('upstream_failed', 'It failed.', {
      cause: new Error('sk-or-secret'),
      upstreamStatus: 502,
    })
    expect(Object.keys(toProblem(error)).toSorted()).toEqual(['code', 'detail', 'status', 'title'])
    expect(await problemResponse(error).text()).not.toContain('secret')
  })
})
