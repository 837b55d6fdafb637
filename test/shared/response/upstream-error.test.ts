import { describe, expect, it } from 'vitest'
import { errorInBody, errorInResponse, type ErrorResponse } from '../../../shared/response/upstream-error.ts'

const SECRET = 'sk-or-v1-0123456789abcdef'
const NOW = Date.parse('Tue, 01 Sep 2026 12:00:00 GMT')
const respondWith = (status: number, body: string, more: Partial<ErrorResponse> = {}) =>
  errorInResponse({ status, body, headers: new Headers(), isComplete: true, ...more }, NOW)
const respond = (status: number, error: object = {}, headers: Record<string, string> = {}) =>
  respondWith(status, JSON.stringify({ error: { code: status, message: SECRET, ...error } }), {
    headers: new Headers(headers),
  })

/** OpenRouter's table of errors; whether each is retried, and what Easel calls it. */
const DOCUMENTED: readonly [
  status: number,
  type: string,
  code: string,
  retryable: boolean,
  field?: string,
][] = [
  [400, 'invalid_request', 'invalid_spec', false],
  [400, 'invalid_prompt', 'invalid_spec', false, 'prompt'],
  [400, 'string_too_long', 'invalid_spec', false, 'prompt'],
  [400, 'context_length_exceeded', 'invalid_spec', false, 'prompt'],
  [400, 'invalid_image', 'invalid_spec', false, 'input_images'],
  [400, 'image_too_large', 'invalid_spec', false, 'input_images'],
  [400, 'image_too_small', 'invalid_spec', false, 'input_images'],
  [400, 'unsupported_image_format', 'invalid_spec', false, 'input_images'],
  [400, 'image_download_failed', 'invalid_spec', false, 'input_images'],
  [400, 'content_policy_violation', 'refused', false],
  [400, 'refusal', 'refused', false],
  [401, 'authentication', 'upstream_unauthorized', false],
  [402, 'payment_required', 'credits_exhausted', false],
  [403, 'permission_denied', 'upstream_unauthorized', false],
  [404, 'not_found', 'model_not_found', false, 'model'],
  [404, 'image_not_found', 'invalid_spec', false, 'input_images'],
  [408, 'timeout', 'billing_unknown', false],
  [413, 'payload_too_large', 'invalid_spec', false, 'input_images'],
  [422, 'unprocessable', 'invalid_spec', false],
  [429, 'rate_limit_exceeded', 'rate_limited', true],
  [500, 'server', 'upstream_failed', true],
  [500, 'unmapped', 'upstream_failed', true],
  [502, 'provider_unavailable', 'upstream_failed', true],
  [503, 'provider_overloaded', 'upstream_failed', true],
  [504, 'timeout', 'billing_unknown', false],
  [520, 'unmapped', 'billing_unknown', false],
  [522, 'unmapped', 'billing_unknown', false],
  [524, 'timeout', 'billing_unknown', false],
  [528, 'unmapped', 'billing_unknown', false],
  [529, 'provider_overloaded', 'upstream_failed', true],
]

describe.each(DOCUMENTED)('%i %s', (status, error_type, code, retryable, field) => {
  const mayHaveBeenBilled = [408, 504, 520, 522, 524, 528].includes(status)
  const extras = { ...(field && { field }), ...(mayHaveBeenBilled && { mayHaveBeenBilled }) }
  const expected = { code, retryable, mayHaveBeenBilled, upstreamStatus: status, extras }

  it(`is ${code}, ${retryable ? 'retried' : 'not retried'}`, () => {
    expect(respond(status, { metadata: { error_type } })).toMatchObject(expected)
    expect(respond(status, { metadata: { error_type } }).extras).toEqual(extras)
  })

  it('means the same inside a body, however it is written there', () => {
    const error = { code: status, message: SECRET, metadata: { error_type } }
    expect(errorInBody(error)).toMatchObject(expected)
    expect(errorInBody({ code: String(status), type: error_type, message: SECRET })).toMatchObject(expected)
  })

  it('never repeats a key', () => {
    expect(respond(status, { metadata: { error_type } }).message).not.toContain('0123456789')
  })
})

describe('an error without a status', () => {
  it.each(DOCUMENTED.filter(([status]) => status !== 408 && status < 520))(
    '(%i) is known by its type %s',
    (_status, error_type, code, retryable) => {
      expect(errorInBody({ metadata: { error_type } })).toMatchObject({ code, retryable })
      expect(errorInBody({ code: null, type: error_type })).toMatchObject({ code, retryable })
      expect(errorInBody({ code: error_type, type: error_type })).toMatchObject({ code, retryable })
    },
  )

  it.each([
    {},
    { code: 0 },
    { code: 200 },
    { code: '' },
    { code: null },
    { code: 'x' },
    { type: 'constructor' },
  ])('or type (%j) is a failure of OpenRouter’s', (error) => {
    expect(errorInBody(error)).toMatchObject({ code: 'upstream_failed', retryable: true })
  })

  it('but with a provider’s own word for refused content is a refusal', () => {
    expect(errorInBody({ code: 'moderation_blocked', type: 'image_generation_user_error' }).code).toBe(
      'refused',
    )
  })
})

describe('403', () => {
  it.each([
    ['moderation', { metadata: { reasons: ['violence'], flagged_input: 'x' } }, 'violence'],
    [
      'a guardrail',
      { message: 'Request blocked: prompt injection', metadata: { patterns: ['ignore'] } },
      'blocked',
    ],
    ['moderation without reasons', { message: 'Denied', metadata: { flagged_input: 'x' } }, 'Denied'],
    ['a flag in words', { message: 'Your input was flagged' }, 'flagged'],
  ])('of %s is a refusal, with its reason', (_what, error, reason) => {
    expect(respond(403, error)).toMatchObject({ code: 'refused', message: expect.stringContaining(reason) })
  })

  it('without reasons is about the key', () => {
    expect(respond(403, { message: 'Only management keys', metadata: { reasons: null } }).code).toBe(
      'upstream_unauthorized',
    )
  })
})

describe('whether and when to retry', () => {
  it.each([
    [429, { 'Retry-After': '7' }, {}, 7],
    [429, { 'Retry-After': '0' }, {}, 0],
    [429, { 'Retry-After': '-3' }, {}, 0],
    [503, { 'Retry-After': '1.5' }, {}, 1.5],
    [429, {}, { availability: { retry_after: 9 } }, 9],
    [429, { 'Retry-After': '7' }, { availability: { retry_after: 9 } }, 7],
    [429, { 'Retry-After': 'Fri, 31 Dec 1999 23:59:59 GMT' }, { availability: { retry_after: 9 } }, 0],
    [503, { 'Retry-After': 'Tue, 01 Sep 2026 12:00:30 GMT' }, {}, 30],
    [503, { 'Retry-After': 'Tue, 01 Sep 2026 12:05:01 GMT' }, {}, 300],
    [503, { 'Retry-After': '86400' }, {}, 300],
    [503, {}, { availability: { retry_after: 301 } }, 300],
    [429, { 'Retry-After': 'tomorrow' }, { availability: { retry_after: 9 } }, 9],
    [429, { 'Retry-After': 'yesterday, GMT' }, {}, undefined],
    [429, { 'Retry-After': '' }, {}, undefined],
    [429, {}, { availability: { retry_after: 'soon' } }, undefined],
  ])('%i with %j and %j waits %j s', (status, headers, error, seconds) => {
    expect(respond(status, error, headers).extras.retryAfterSeconds).toBe(seconds)
  })

  it.each([
    [429, false],
    [502, false],
    [400, true],
    [501, true],
  ])('%i: availability.retryable decides: %j', (status, retryable) => {
    expect(respond(status, { availability: { code: 'x', retryable } }).retryable).toBe(retryable)
  })
})

describe('what may have been billed', () => {
  const availability = { code: 'x', retryable: true }

  it.each([408, 504, 520, 521, 524, 525, 528])(
    'after %i is never retried, whatever availability says',
    (status) => {
      const expected = { code: 'billing_unknown', retryable: false, mayHaveBeenBilled: true }
      expect(respond(status, { availability })).toMatchObject(expected)
      expect(errorInBody({ code: status, availability })).toMatchObject(expected)
    },
  )

  it('includes every error that is called a timeout', () => {
    const error = { availability, metadata: { error_type: 'timeout' } }
    expect(respond(502, error)).toMatchObject({ code: 'billing_unknown', retryable: false })
    expect(errorInBody({ code: 502, ...error })).toMatchObject({ code: 'billing_unknown', retryable: false })
  })

  it.each([500, 502, 503, 529])('includes a %i whose body broke off', (status) => {
    const headers = new Headers({ 'X-Generation-Id': 'gen-7', 'Retry-After': '1' })
    expect(respondWith(status, '{"error":', { headers, isComplete: false })).toMatchObject({
      code: 'billing_unknown',
      retryable: false,
      upstreamStatus: status,
      generationId: 'gen-7',
    })
  })

  it.each([
    [429, 'rate_limited'],
    [401, 'upstream_unauthorized'],
  ])('does not include a %i whose body broke off, which is not retried either', (status, code) => {
    const error = respondWith(status, '{"error":', { isComplete: false })
    expect(error).toMatchObject({ code, retryable: false, mayHaveBeenBilled: false })
  })

  it('names its generation where the response does', () => {
    expect(respond(504, {}, { 'X-Generation-Id': 'gen-7' }).generationId).toBe('gen-7')
    expect(respond(504).generationId).toBeUndefined()
  })
})

describe.each([
  '',
  'Bad Gateway',
  '<html><title>502 Bad Gateway</title></html>',
  'null',
  '[]',
  '{"error": "Bad Gateway"}',
  '{"error": [{"code": 502}]}',
  '{"error": {}}',
  '{"error": {"code": {}, "metadata": 5}}',
  '{"error": {"code": null, "message": "Bad Gateway"}}',
  '{"title": "Error 502", "status": 502, "retryable": true, "retry_after": 60}',
])('a body in which OpenRouter names no error (%s)', (body) => {
  it.each([500, 501, 502, 503, 529, 599])('with %i may have been billed, and is not retried', (status) => {
    const headers = new Headers({ 'X-Generation-Id': 'gen-7', 'Retry-After': '1' })
    const error = respondWith(status, body, { headers })
    expect(error).toMatchObject({ code: 'billing_unknown', mayHaveBeenBilled: true, retryable: false })
    expect(error).toMatchObject({ upstreamStatus: status, generationId: 'gen-7' })
    expect(error.message).toContain(`responded with ${status}`)
  })

  it.each([
    [301, 'upstream_failed', false],
    [401, 'upstream_unauthorized', false],
    [418, 'invalid_spec', false],
    [429, 'rate_limited', true],
  ])('with %i is %s: nothing was done', (status, code, retryable) => {
    expect(respondWith(status, body)).toMatchObject({ code, retryable, mayHaveBeenBilled: false })
  })
})

it('an undocumented status that OpenRouter names is a failure, not retried', () => {
  expect(respond(501)).toMatchObject({ code: 'upstream_failed', retryable: false })
  expect(respond(599)).toMatchObject({ code: 'upstream_failed', retryable: false })
})

it('quotes a refusal’s reason on one line, cut, and without anyone’s key', () => {
  const message = `No\n people.  Bearer abc.def ${SECRET} ${'z'.repeat(500)}`
  const error = respond(400, { message, metadata: { error_type: 'content_policy_violation' } })
  expect(error.message).toContain('“No people. [key] [key] zzz')
  expect(error.message.length).toBeLessThan(300)
})
