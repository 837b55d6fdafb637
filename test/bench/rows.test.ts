import { describe, expect, it } from 'vitest'
import { exitCodeOf, holds, interleave, median, quantile, toRow } from '../../bench/support/rows.ts'
import { formatRows } from '../../bench/support/print.ts'

describe('a row', () => {
  it('is the median of its rounds, with the quartiles', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([1, 2, 3, 10])).toBe(2.5)
    expect(median([])).toBeNaN()
    expect(quantile([0, 10, 20, 30, 40], 0.25)).toBe(10)
    const row = toRow({ name: 'x', unit: 'ms', values: [4, 1, 3, 2, 5] })
    expect(row).toMatchObject({ value: 3, spread: [2, 4], reference: null, ratio: null, holds: null })
  })

  it('compares each round with the same round of the reference, so that noise hits both', () => {
    const row = toRow({
      name: 'x',
      unit: 'ms',
      values: [20, 200, 22],
      against: 'bare',
      references: [10, 100, 10],
      bound: { of: 'ratio', atMost: 2 },
    })
    expect(row).toMatchObject({ value: 22, reference: 10, ratio: 2, holds: true })
  })

  it('has a bound on its value, its ratio to the reference or its difference from it', () => {
    const measured = { name: 'x', unit: 'ms', values: [150], against: 'bare', references: [100] }
    expect(toRow({ ...measured, bound: { of: 'value', atMost: 149 } }).holds).toBe(false)
    expect(toRow({ ...measured, bound: { of: 'ratio', atMost: 1.5 } }).holds).toBe(true)
    expect(toRow({ ...measured, bound: { of: 'difference', atMost: 50 } }).holds).toBe(true)
    expect(toRow({ ...measured, bound: { of: 'difference', atMost: 49 } }).holds).toBe(false)
  })

  it('breaks its bound when it has no number', () => {
    expect(holds(Number.NaN, { of: 'value', atMost: 1 })).toBe(false)
    expect(toRow({ name: 'x', unit: '', values: [1], bound: { of: 'ratio', atMost: 1 } }).holds).toBe(false)
  })
})

describe('a run', () => {
  it('fails if and only if a bound is broken', () => {
    expect(exitCodeOf([{ holds: true }, { holds: null }])).toBe(0)
    expect(exitCodeOf([{ holds: true }, { holds: false }])).toBe(1)
  })

  it('interleaves, alternating the order, and drops the warm-up', async () => {
    const order: string[] = []
    const way = (name: string) => (round: number) => {
      order.push(`${name}${round}`)
      return Promise.resolve(round)
    }
    const taken = await interleave({ a: way('a'), b: way('b') }, { rounds: 2, warmUp: 1 })
    expect(order).toEqual(['a0', 'b0', 'b1', 'a1', 'a2', 'b2'])
    expect(taken).toEqual({ a: [1, 2], b: [1, 2] })
  })

  it('prints which bound is broken', () => {
    const row = toRow({ name: 'slow', unit: 'ms', values: [3], bound: { of: 'value', atMost: 2 } })
    expect(formatRows([row])).toMatch(/^slow +3 ms +≤ 2 ms +BROKEN$/m)
  })
})
