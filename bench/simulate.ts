/**
 * A month at the scale of the internet, calculated: where requests are served, and what it costs. Counts the
 * operations of single requests in a local Worker and measures their processor time; the rest is arithmetic.
 *
 *     node bench/simulate.ts [--docs]
 *
 * `--docs` writes the tables into docs/scale.md. Exits with 1 if formula and simulation disagree.
 */
import { parseArgs } from 'node:util'
import { beyond, GENERATED_BYTES, measureCpu, SERVED_BYTES } from './costs/cpu.ts'
import { countOperations, operationRows } from './costs/operations.ts'
import { billOf, budgetRequestsPerSecond, type Line, PRICES } from './scale/bill.ts'
import { flowBySimulation, flowByFormula, MONTH_SECONDS, type Traffic, WORLD } from './scale/traffic.ts'
import { median } from './support/rows.ts'
import { replaceBetweenMarks } from './support/page.ts'
import { digits } from './support/print.ts'

const CHECKED_REQUESTS_PER_DAY = 3_000_000
/** How far formula and simulation may differ, as a share of all requests. */
const TOLERANCE = 0.01

const NAMES: Readonly<Record<Line['what'], string>> = {
  plan: 'the plan',
  requests: 'requests',
  cpuMs: 'processor time, upper limit',
  logGb: 'logs, written',
  logGbStored: 'logs, stored for a week',
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
const served = await measureCpu(SERVED_BYTES, false)
const generated = await measureCpu(GENERATED_BYTES, false)
/** Of all of workerd, which is more than the platform counts. */
const cpuMs = { hit: median(served.hit), miss: median(generated.miss) }
/** Beyond a bare Worker's hit, which is less than the platform counts. */
const leastMs = median(beyond(served.hit, served.bare))
const simulated = flowBySimulation(WORLD, CHECKED_REQUESTS_PER_DAY)
const byFormula = flowByFormula(WORLD, CHECKED_REQUESTS_PER_DAY / 86_400)

const levels = [1e7, 1e8, 1e9, 1e10].map((viewsPerMonth): Traffic => ({ ...WORLD, viewsPerMonth }))
const months = levels.map((traffic) => {
  const requests = traffic.viewsPerMonth * (1 - traffic.browserShare)
  const flow = flowByFormula(traffic, requests / MONTH_SECONDS)
  return { traffic, flow, requests, bill: billOf(traffic, flow, counted, cpuMs) }
})

const text = [
  '### Where requests are served',
  '',
  table(
    ['images shown a month', ...levels.map(({ viewsPerMonth }) => viewsPerMonth.toLocaleString('en'))],
    [
      ['in the browser', ...levels.map(({ browserShare }) => percent(browserShare))],
      ...(['nearHits', 'farHits', 'r2'] as const).map((part) => [
        { nearHits: 'in the cache of the place', farHits: 'in the upper cache', r2: 'from R2' }[part],
        ...months.map(({ flow, traffic }) => percent(flow[part] * (1 - traffic.browserShare))),
      ]),
      ['requests a second to the Worker', ...months.map(({ requests }) => digits(requests / MONTH_SECONDS))],
      [
        'requests a second to R2',
        ...months.map(({ requests, flow }) => digits((requests * flow.r2) / MONTH_SECONDS)),
      ],
      ['images generated', ...levels.map(({ newPerMonth }) => newPerMonth.toLocaleString('en'))],
      [
        'requests a second to the ledger',
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
        NAMES[what],
        ...months.map(({ bill }) => usd(bill[index]?.usd ?? 0)),
      ]),
      ['**total**', ...months.map(({ bill }) => `**${usd(bill.reduce((sum, line) => sum + line.usd, 0))}**`)],
    ],
  ),
  '',
  'A line of 0.00 is within what the plan includes.',
  '',
  `Processor time here is all that the local workerd uses: ${digits(cpuMs.hit)} ms a hit of ${SERVED_BYTES / 1000} kB, ${digits(cpuMs.miss)} ms a miss of ${GENERATED_BYTES / 1e6} MB. That includes the local stand-ins for R2 and for the platform's front end, so the bill would be lower. A hit uses ${digits(leastMs)} ms more than a bare Worker that only returns the R2 object, and the bill would be higher than for that alone, for which the line reads ${months.map(({ requests }) => usd(cpuUsd(requests * leastMs))).join(', ')}.`,
  '',
  '### Operations of a single request, as counted',
  '',
  table(
    ['', 'operations'],
    operationRows(counted).map(({ name, value }) => [name, String(value)]),
  ),
  '',
  '### The formula, checked',
  '',
  `${CHECKED_REQUESTS_PER_DAY.toLocaleString('en')} requests a day, simulated one by one, against the formula:`,
  '',
  table(
    ['', 'simulated', 'formula'],
    [
      ['the cache of the place', percent(simulated.nearHits), percent(byFormula.nearHits)],
      ['the upper cache', percent(simulated.farHits), percent(byFormula.farHits)],
      ['R2', percent(simulated.r2), percent(byFormula.r2)],
    ],
  ),
].join('\n')
console.log(text)
if (values.docs) replaceBetweenMarks('docs/scale.md', text)

const off = Math.max(Math.abs(simulated.nearHits - byFormula.nearHits), Math.abs(simulated.r2 - byFormula.r2))
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
