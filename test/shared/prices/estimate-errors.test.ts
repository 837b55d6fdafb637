import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { type Priced, pricedSpecs } from '../../support/shared/estimate-errors.ts'

const specs = await pricedSpecs()
const byModel = [...Map.groupBy(specs, ({ model }) => model)].toSorted(([a], [b]) => (a < b ? -1 : 1))

describe.each(byModel)('for %s, whatever it is asked for,', (_, priced) => {
  it('the estimate is within a tenth of the bill', () => {
    expect(priced.filter((one) => !(Math.abs(errorOf(one)) <= 0.1))).toEqual([])
  })

  it('the reservation is never below the bill', () => {
    expect(priced.filter(({ reserveUsd, billUsd }) => !(reserveUsd >= billUsd))).toEqual([])
  })
})

describe('the documentation', () => {
  it('lists every model with its largest error', async () => {
    const docs = await readFile(new URL('../../../docs/performance.md', import.meta.url), 'utf8')

    const published = docs.split('\n').filter((line) => /^\| `~?[\w.-]+\/[\w.-]+` \|/.test(line))

    expect(published).toEqual(byModel.map(([model, priced]) => rowOf(model, priced)))
  })
})

function errorOf({ estimateUsd, billUsd }: Priced): number {
  return estimateUsd / billUsd - 1
}

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(1).replace('-0.0', '0.0')} %`
}

function rowOf(model: string, priced: readonly Priced[]): string {
  const errors = priced.map(errorOf)
  return `| \`${model}\` | ${priced.length} | ${percent(Math.min(...errors))} | ${percent(Math.max(...errors))} |`
}
