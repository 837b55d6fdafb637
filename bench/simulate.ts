/**
 * A month at the scale of the internet, on paper: who answers, and what it costs. Counts what single requests
 * ask for in a Worker that runs here; the rest is arithmetic.
 *
 *     node bench/simulate.ts [--docs]
 *
 * `--docs` writes the tables into docs/scale.md. Exits with 1 when the two ways to tell who answers disagree.
 */
import { parseArgs } from 'node:util'
import { countOperations, operationRows } from './costs/operations.ts'
import { billOf, budgetRequestsPerSecond } from './scale/bill.ts'
import { flowByAsking, flowByFormula, MONTH_SECONDS, type Traffic, WORLD } from './scale/traffic.ts'
import { replaceBetweenMarks } from './support/page.ts'
import { digits } from './support/print.ts'

/** As measured by `npm run bench -- --only cpu`, ms: all of workerd's, which is more than the Worker's. */
const CPU_MS = { hit: 2, miss: 30 }
const CHECKED_REQUESTS_PER_DAY = 3_000_000
/** By how much the formula may miss what asking one by one gives, as a share of all requests. */
const TOLERANCE = 0.01

const { values } = parseArgs({ options: { docs: { type: 'boolean', default: false } } })

const counted = await countOperations()
const asked = flowByAsking(WORLD, CHECKED_REQUESTS_PER_DAY)
const byFormula = flowByFormula(WORLD, CHECKED_REQUESTS_PER_DAY / 86_400)

const levels = [1e7, 1e8, 1e9, 1e10].map((viewsPerMonth): Traffic => ({ ...WORLD, viewsPerMonth }))
const months = levels.map((traffic) => {
  const requests = traffic.viewsPerMonth * (1 - traffic.browserShare)
  const flow = flowByFormula(traffic, requests / MONTH_SECONDS)
  return { traffic, flow, requests, bill: billOf(traffic, flow, counted, CPU_MS) }
})

const text = [
  '### Who answers',
  '',
  table(
    ['pictures shown a month', ...levels.map(({ viewsPerMonth }) => viewsPerMonth.toLocaleString('en'))],
    [
      ['by the browser', ...levels.map(({ browserShare }) => percent(browserShare))],
      ...(['nearHits', 'farHits', 'r2'] as const).map((part) => [
        { nearHits: 'by the cache of the place', farHits: 'by the upper cache', r2: 'from R2' }[part],
        ...months.map(({ flow, traffic }) => percent(flow[part] * (1 - traffic.browserShare))),
      ]),
      ['requests a second to the Worker', ...months.map(({ requests }) => digits(requests / MONTH_SECONDS))],
      [
        'requests a second to R2',
        ...months.map(({ requests, flow }) => digits((requests * flow.r2) / MONTH_SECONDS)),
      ],
      ['pictures drawn', ...levels.map(({ newPerMonth }) => newPerMonth.toLocaleString('en'))],
      [
        'requests a second to the budget',
        ...levels.map((traffic) => digits(budgetRequestsPerSecond(traffic))),
      ],
    ],
  ),
  '',
  '### What it costs, USD a month',
  '',
  table(
    ['', ...levels.map(({ viewsPerMonth }) => viewsPerMonth.toLocaleString('en'))],
    [
      ...(months[0]?.bill ?? []).map(({ what }, index) => [
        what,
        ...months.map(({ bill }) => (bill[index]?.usd ?? 0).toFixed(2)),
      ]),
      [
        '**all**',
        ...months.map(({ bill }) => `**${bill.reduce((sum, { usd }) => sum + usd, 0).toFixed(2)}**`),
      ],
    ],
  ),
  '',
  '### What a single request asks for, as counted',
  '',
  table(
    ['', 'operations'],
    operationRows(counted).map(({ name, value }) => [name, String(value)]),
  ),
  '',
  '### The formula, checked',
  '',
  `${CHECKED_REQUESTS_PER_DAY.toLocaleString('en')} requests a day, asked one by one, against the formula:`,
  '',
  table(
    ['', 'one by one', 'formula'],
    [
      ['the cache of the place', percent(asked.nearHits), percent(byFormula.nearHits)],
      ['the upper cache', percent(asked.farHits), percent(byFormula.farHits)],
      ['R2', percent(asked.r2), percent(byFormula.r2)],
    ],
  ),
].join('\n')
console.log(text)
if (values.docs) replaceBetweenMarks('docs/scale.md', text)

const off = Math.max(Math.abs(asked.nearHits - byFormula.nearHits), Math.abs(asked.r2 - byFormula.r2))
if (off > TOLERANCE) {
  console.error(`The formula is off by ${percent(off)}.`)
  process.exitCode = 1
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const rule = head.map((_, column) => (column === 0 ? '---' : '--:'))
  return [head, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
