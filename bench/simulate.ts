/**
 * A month at the scale of the internet, on paper: who answers, and what it costs. Counts what single requests
 * ask for in a Worker that runs here, and takes their processor time; the rest is arithmetic.
 *
 *     node bench/simulate.ts [--docs]
 *
 * `--docs` writes the tables into docs/scale.md. Exits with 1 when the two ways to tell who answers disagree.
 */
import { parseArgs } from 'node:util'
import { beyond, GENERATED_BYTES, measureCpu, SHOWN_BYTES } from './costs/cpu.ts'
import { countOperations, operationRows } from './costs/operations.ts'
import { billOf, budgetRequestsPerSecond, type Line, PRICES } from './scale/bill.ts'
import { flowByAsking, flowByFormula, MONTH_SECONDS, type Traffic, WORLD } from './scale/traffic.ts'
import { median } from './support/rows.ts'
import { replaceBetweenMarks } from './support/page.ts'
import { digits } from './support/print.ts'

const CHECKED_REQUESTS_PER_DAY = 3_000_000
/** By how much the formula may miss what asking one by one gives, as a share of all requests. */
const TOLERANCE = 0.01

const NAMES: Readonly<Record<Line['what'], string>> = {
  plan: 'the plan',
  requests: 'requests',
  cpuMs: 'processor time, at the most',
  logGb: 'logs, taken in',
  logGbKept: 'logs, kept for a week',
  r2Reads: 'R2, reads',
  r2Writes: 'R2, writes',
  r2Gb: 'R2, storage',
  objectRequests: 'objects, requests',
  objectGbSeconds: 'objects, time',
  rowsRead: 'objects, rows read',
  rowsWritten: 'objects, rows written',
  transformations: 'transformations',
  OpenRouter: 'OpenRouter',
}

const { values } = parseArgs({ options: { docs: { type: 'boolean', default: false } } })

const counted = await countOperations()
const shown = await measureCpu(SHOWN_BYTES, false)
const drawn = await measureCpu(GENERATED_BYTES, false)
/** All of workerd's, which is more than the platform counts. */
const cpuMs = { hit: median(shown.hit), miss: median(drawn.miss) }
/** What a hit adds to a bare Worker's, which is less. */
const leastMs = median(beyond(shown.hit, shown.bare))
const asked = flowByAsking(WORLD, CHECKED_REQUESTS_PER_DAY)
const byFormula = flowByFormula(WORLD, CHECKED_REQUESTS_PER_DAY / 86_400)

const levels = [1e7, 1e8, 1e9, 1e10].map((viewsPerMonth): Traffic => ({ ...WORLD, viewsPerMonth }))
const months = levels.map((traffic) => {
  const requests = traffic.viewsPerMonth * (1 - traffic.browserShare)
  const flow = flowByFormula(traffic, requests / MONTH_SECONDS)
  return { traffic, flow, requests, bill: billOf(traffic, flow, counted, cpuMs) }
})

const text = [
  '### Who answers',
  '',
  table(
    ['images shown a month', ...levels.map(({ viewsPerMonth }) => viewsPerMonth.toLocaleString('en'))],
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
      ['images drawn', ...levels.map(({ newPerMonth }) => newPerMonth.toLocaleString('en'))],
      [
        'requests a second to the budget',
        ...levels.map((traffic) => digits(budgetRequestsPerSecond(traffic))),
      ],
      ['log lines a request, at the least', ...months.map(({ flow }) => flow.logLines.toFixed(3))],
    ],
  ),
  '',
  '### What it costs, USD a month',
  '',
  table(
    ['', ...levels.map(({ viewsPerMonth }) => viewsPerMonth.toLocaleString('en'))],
    [
      ...(months[0]?.bill ?? []).map(({ what }, index) => [
        NAMES[what],
        ...months.map(({ bill }) => usd(bill[index]?.usd ?? 0)),
      ]),
      ['**all**', ...months.map(({ bill }) => `**${usd(bill.reduce((sum, line) => sum + line.usd, 0))}**`)],
    ],
  ),
  '',
  'What costs nothing is within what the plan includes.',
  '',
  `Processor time here is all that the local workerd uses: ${digits(cpuMs.hit)} ms a hit of ${SHOWN_BYTES / 1000} kB, ${digits(cpuMs.miss)} ms a miss of ${GENERATED_BYTES / 1e6} MB. The stand-ins for R2 and for the platform's front are in it, so it is more than would be billed. A hit uses ${digits(leastMs)} ms beyond what a bare Worker does that only returns the R2 object, which is less than would be billed; by that, the line would read ${months.map(({ requests }) => usd(cpuUsd(requests * leastMs))).join(', ')}.`,
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

function cpuUsd(ms: number): number {
  const { included, perMillion } = PRICES.cpuMs
  return (Math.max(0, ms - included) / 1e6) * perMillion
}

function usd(amount: number): string {
  return amount.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
