import { describe, expect, it } from 'vitest'
import { connectionError } from '../../../shared/openrouter/connection-error.ts'

const BASE_URL = 'https://openrouter.ai/api/v1'

describe('a connection that never opened', () => {
  it.each([
    { code: 'ECONNREFUSED', syscall: 'connect' },
    { code: 'EHOSTUNREACH', syscall: 'connect' },
    { code: 'ENETUNREACH', syscall: 'connect' },
    { code: 'ETIMEDOUT', syscall: 'connect' },
    { code: 'ENOTFOUND', syscall: 'getaddrinfo' },
    { code: 'EAI_AGAIN', syscall: 'getaddrinfo' },
    { code: 'UND_ERR_CONNECT_TIMEOUT' },
    { code: 'CERT_HAS_EXPIRED' },
    { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    { code: 'SELF_SIGNED_CERT_IN_CHAIN' },
    { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
    { code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' },
    { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
  ])('($code) was not billed', (reason) => {
    const cause = Object.assign(new Error('x'), reason)
    expect(connectionError(new TypeError('fetch failed', { cause }), BASE_URL)).toMatchObject({
      code: 'upstream_failed',
    })
  })

  it('at any of a host’s addresses was not billed', () => {
    const [timedOut, unreachable, reset] = [
      { code: 'ETIMEDOUT', syscall: 'connect' },
      { code: 'ENETUNREACH', syscall: 'connect' },
      { code: 'ECONNRESET', syscall: 'read' },
    ].map((reason) => Object.assign(new Error('x'), reason))
    const all = new TypeError('fetch failed', { cause: new AggregateError([timedOut, unreachable]) })
    const one = new TypeError('fetch failed', { cause: new AggregateError([timedOut, reset]) })
    expect(connectionError(all, BASE_URL).code).toBe('upstream_failed')
    expect(connectionError(one, BASE_URL).code).toBe('billing_unknown')
  })

  it('at a port that no request may go to was not billed', async () => {
    const error = await fetch('http://127.0.0.1:6666').catch((reason: unknown) => reason)
    expect(connectionError(error, BASE_URL)).toMatchObject({
      code: 'upstream_failed',
      message: expect.stringContaining('OPENROUTER_BASE_URL'),
    })
  })

  it.each([
    new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ECONNRESET' }) }),
    new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'UND_ERR_SOCKET' }) }),
    new TypeError('fetch failed', {
      cause: Object.assign(new Error('x'), { code: 'ETIMEDOUT', syscall: 'read' }),
    }),
    new TypeError('fetch failed', {
      cause: Object.assign(new Error('x'), { code: 'UND_ERR_HEADERS_TIMEOUT' }),
    }),
    new Error('Network connection lost.'),
    'a string',
  ])('is all that surely was not billed: %s may have been', (error) => {
    expect(connectionError(error, BASE_URL)).toMatchObject({
      code: 'billing_unknown',
      retryable: false,
    })
  })
})
