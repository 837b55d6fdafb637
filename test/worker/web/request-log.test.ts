import { describe, expect, it } from 'vitest'
import { requestLine } from '../../../worker/web/request-log.ts'

describe('the log line of a request', () => {
  it('is one line of JSON, and holds no URL', () => {
    const line = requestLine({
      method: 'GET',
      route: '/image',
      status: 200,
      durationMs: 3,
      fingerprint: undefined,
      cache: 'collapsed',
    })

    expect(line).not.toContain('\n')
    expect(JSON.parse(line)).toEqual({
      event: 'request',
      method: 'GET',
      route: '/image',
      status: 200,
      cache: 'collapsed',
      duration_ms: 3,
    })
  })
})
