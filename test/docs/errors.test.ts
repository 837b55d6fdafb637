import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { EaselErrorCode } from '../../shared/errors.ts'
import { statusOf } from '../../shared/problem.ts'

const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')

/** Every code of the page's table, with its status and what to do. */
const rows = Array.from(page.matchAll(/^\| (`\w+`(?:, `\w+`)*) \| (\d{3}) \| (.+) \|$/gm)).flatMap(
  ([, codes = '', status = '', remedy = '']) =>
    Array.from(codes.matchAll(/\w+/g), ([code]) => ({ code, status: Number(status), remedy })),
)

describe('docs/errors.md', () => {
  it.each(rows)('has the status of $code, and what to do', ({ code, status, remedy }) => {
    expect(statusOf(code as EaselErrorCode)).toBe(status)
    expect(remedy.length).toBeGreaterThan(5)
  })

  it('has every code once', () => {
    const source = readFileSync(new URL('../../shared/errors.ts', import.meta.url), 'utf8')
    const [, union = ''] = /export type EaselErrorCode =([\s\S]*?)\n\n/.exec(source) ?? []
    const codes = Array.from(union.matchAll(/'(\w+)'/g), ([, code]) => code)

    expect(codes.length).toBeGreaterThan(20)
    expect(new Set(rows.map(({ code }) => code))).toEqual(new Set(codes))
    expect(rows).toHaveLength(codes.length)
  })
})
