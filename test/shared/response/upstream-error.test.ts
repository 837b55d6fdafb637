import { describe, expect, it } from 'vitest'
import { errorInAnswer, errorInResponse } from '../../../shared/response/upstream-error.ts'

const SECRET = 'sk-or-v1-0123456789abcdef'
const respond = (status: number, error: object = {}, headers: Record<string, string> = {}) =>
  errorInResponse(
    status,
    JSON.stringify({ error: { code: status, message: SECRET, ...error } }),
    new Headers(headers),
  )

/**
 * Every documented error: whether Easel retries it, and Easel's code for it.
 *
 * @see docs/openrouter.md#errors
 */
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
  [408, 'timeout', 'upstream_timeout', true],
  [413, 'payload_too_large', 'invalid_spec', false, 'input_images'],
  [422, 'unprocessable', 'invalid_spec', false],
  [429, 'rate_limit_exceeded', 'rate_limited', true],
  [500, 'server', 'upstream_failed', true],
  [500, 'unmapped', 'upstream_failed', true],
  [502, 'provider_unavailable', 'upstream_failed', true],
  [503, 'provider_overloaded', 'upstream_failed', true],
  [504, 'timeout', 'upstream_timeout', false],
  [524, 'timeout', 'upstream_timeout', false],
  [529, 'provider_overloaded', 'upstream_failed', true],
]

describe.each(DOCUMENTED)('%i %s', (status, error_type, code, retryable, field) => {
  const expected = { code, retryable, upstreamStatus: status, extras: field ? { field } : {} }

  it(`is ${code}, ${retryable ? 'asked again' : 'not asked again'}`, () => {
    expect(respond(status, { metadata: { error_type } })).toMatchObject(expected)
    expect(respond(status, { metadata: { error_type } }).mayHaveBeenPaid).toBe([504, 524].includes(status))
  })

  it('means the same inside an answer, however it is written there', () => {
    const error = { code: status, message: SECRET, metadata: { error_type } }
    expect(errorInAnswer(error)).toMatchObject(expected)
    expect(errorInAnswer({ code: String(status), type: error_type, message: SECRET })).toMatchObject(expected)
  })

  it('never repeats a key', () => {
    expect(respond(status, { metadata: { error_type } }).message).not.toContain('0123456789')
  })
})

describe('an error without a status', () => {
  it.each(DOCUMENTED.filter(([status]) => ![408, 524, 529].includes(status)))(
    '(%i) is known by its type %s',
    (_status, error_type, code, retryable) => {
      expect(errorInAnswer({ metadata: { error_type } })).toMatchObject({ code, retryable })
      expect(errorInAnswer({ code: null, type: error_type })).toMatchObject({ code, retryable })
      expect(errorInAnswer({ code: error_type, type: error_type })).toMatchObject({ code, retryable })
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
    expect(errorInAnswer(error)).toMatchObject({ code: 'upstream_failed', retryable: true })
  })

  it('but with a provider’s own word for refused content is a refusal', () => {
    expect(errorInAnswer({ code: 'moderation_blocked', type: 'image_generation_user_error' }).code).toBe(
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

describe('whether and when to ask again', () => {
  it.each([
    [429, { 'Retry-After': '7' }, {}, 7],
    [429, { 'Retry-After': '0' }, {}, 0],
    [429, { 'Retry-After': '-3' }, {}, 0],
    [503, { 'Retry-After': '1.5' }, {}, 1.5],
    [429, {}, { availability: { retry_after: 9 } }, 9],
    [429, { 'Retry-After': '7' }, { availability: { retry_after: 9 } }, 7],
    [429, { 'Retry-After': 'Fri, 31 Dec 1999 23:59:59 GMT' }, { availability: { retry_after: 9 } }, 9],
    [429, { 'Retry-After': '' }, {}, undefined],
    [429, {}, { availability: { retry_after: 'soon' } }, undefined],
  ])('%i with %j and %j waits %j s', (status, headers, error, seconds) => {
    expect(respond(status, error, headers).extras.retryAfterSeconds).toBe(seconds)
  })

  it.each([
    [429, false],
    [502, false],
    [400, true],
    [504, true],
  ])('%i: availability.retryable decides: %j', (status, retryable) => {
    expect(respond(status, { availability: { code: 'x', retryable } }).retryable).toBe(retryable)
  })
})

describe('a body that is no error object', () => {
  it.each(['', 'not JSON', '[]', 'null', '{"error": 7}', '{"error": {"code": {}, "metadata": 5}}', '<html>'])(
    '(%s) leaves the status to speak',
    (body) => {
      expect(errorInResponse(429, body, new Headers())).toMatchObject({
        code: 'rate_limited',
        retryable: true,
      })
    },
  )

  it.each([
    [301, 'upstream_failed', false],
    [418, 'invalid_spec', false],
    [599, 'upstream_failed', false],
  ])('of the undocumented status %i is %s', (status, code, retryable) => {
    expect(errorInResponse(status, '', new Headers())).toMatchObject({ code, retryable })
  })
})

it('quotes a refusal’s reason on one line, cut, and without anyone’s key', () => {
  const message = `No\n people.  Bearer abc.def ${SECRET} ${'z'.repeat(500)}`
  const error = respond(400, { message, metadata: { error_type: 'content_policy_violation' } })
  expect(error.message).toContain('“No people. [key] [key] zzz')
  expect(error.message.length).toBeLessThan(300)
})
