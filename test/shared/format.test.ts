import { describe, expect, it } from 'vitest'
import { formatBytes, formatUsd } from '../../shared/format.ts'

describe('amounts', () => {
  it.each([
    [0, '$0'],
    [0.04, '$0.04'],
    [0.067, '$0.067'],
    [0.0672, '$0.067'],
    [0.5, '$0.50'],
    [0.0039, '$0.0039'],
    [0.00998, '$0.01'],
    [0.000123, '$0.00012'],
    [0.9996, '$1.00'],
    [1, '$1.00'],
    [12.5, '$12.50'],
    [1234.567, '$1,234.57'],
    [undefined, 'unknown price'],
  ])('%d USD reads %s', (amount, text) => {
    expect(formatUsd(amount)).toBe(text)
  })

  it.each([
    [640, '640 B'],
    [1000, '1 kB'],
    [1430, '1.4 kB'],
    [43_000, '43 kB'],
    [1_400_000, '1.4 MB'],
    [25_000_000, '25 MB'],
  ])('%d bytes read %s', (count, text) => {
    expect(formatBytes(count)).toBe(text)
  })
})
