import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { billedCost } from '../../../shared/prices/billed-cost.ts'

const LIMITS = { estimateUsd: 0.04, maxUsd: 1 }

describe('the cost that a generation counts as', () => {
  it.each([0, 0.000_001, 0.04, 0.39, 0.4, 0.99, 1])('is the reported one: %d USD', (reported) => {
    expect(billedCost(reported, LIMITS)).toEqual({ usd: reported })
  })

  it('is the estimate when no cost was reported, which is not suspicious', () => {
    expect(billedCost(undefined, LIMITS)).toEqual({ usd: 0.04 })
  })

  it.each([-5, -0.000_001, Number.NaN, Infinity, -Infinity])(
    'is the estimate when the reported cost is no amount: %d',
    (reported) => {
      expect(billedCost(reported, LIMITS)).toEqual({
        usd: 0.04,
        suspicious: expect.stringContaining(String(reported)),
      })
    },
  )

  it.each([1.01, 40, 1e9])('is the limit of one generation when %d USD were reported', (reported) => {
    expect(billedCost(reported, LIMITS)).toEqual({
      usd: 1,
      suspicious: expect.stringMatching(/10 times the estimate of 0\.04 USD/),
    })
  })

  it('is the reported one when it is over ten times the estimate and within the limit', () => {
    expect(billedCost(0.5, LIMITS)).toEqual({ usd: 0.5 })
  })

  it('is the reported one when it is over the limit and within ten times the estimate', () => {
    expect(billedCost(1.5, { estimateUsd: 0.15, maxUsd: 1 })).toEqual({ usd: 1.5 })
  })

  it('is an amount, whatever was reported, and never more than the limit or ten times the estimate', () => {
    const usd = fc.double({ min: 0, max: 1e6, noNaN: true })
    const isBounded = fc.property(
      fc.option(fc.double(), { nil: undefined }),
      fc.record({ estimateUsd: usd, maxUsd: usd }),
      (reported, limits) => {
        const cost = billedCost(reported, limits).usd
        return cost >= 0 && cost <= Math.max(10 * limits.estimateUsd, limits.maxUsd)
      },
    )

    expect(fc.check(isBounded)).toMatchObject({ failed: false, counterexample: null })
  })
})
