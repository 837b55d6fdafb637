/**
 * `npm run bench`: measures every promise about speed against a reference in the same run, and what things cost.
 *
 *     npm run bench -- [--quick] [--only NAME]... [--json FILE] [--docs]
 *
 * `--docs` writes the table and the charts into docs/performance.md. Exits with 1 if a bound is broken, 2 for an
 * unknown name.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { actionGenerate } from './action/generate.ts'
import { actionMarkdown } from './action/markdown.ts'
import { actionStart } from './action/start.ts'
import { actionUnchanged } from './action/unchanged.ts'
import { cpu, memory, operations, start } from './costs/costs.ts'
import { decode } from './decode/decode.ts'
import { gateway } from './gateway.ts'
import { growth } from './growth.ts'
import { hits } from './hits.ts'
import { misses } from './misses.ts'
import { once } from './once.ts'
import { refusals } from './refusals.ts'
import { type Chart, drawChart } from './support/chart.ts'
import { writeRows } from './support/page.ts'
import { formatRows } from './support/print.ts'
import { type Bench, type BenchOptions, exitCodeOf, type Row } from './support/rows.ts'
import { variants } from './variants.ts'

const BENCHES: readonly Bench[] = [
  hits,
  misses,
  decode,
  once,
  refusals,
  actionUnchanged,
  actionGenerate,
  actionStart,
  actionMarkdown,
  operations,
  cpu,
  memory,
  start,
  variants,
  gateway,
  growth,
]

const { values } = parseArgs({
  options: {
    docs: { type: 'boolean', default: false },
    json: { type: 'string' },
    only: { type: 'string', multiple: true },
    quick: { type: 'boolean', default: false },
  },
})
const { only } = values
const unknown = only?.filter((name) => BENCHES.every((bench) => bench.name !== name)) ?? []
if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(', ')}. Choose from: ${BENCHES.map(({ name }) => name).join(', ')}.`)
  process.exit(2)
}

const rows: Row[] = []
const charts = new Map<string, Chart>()
const options: BenchOptions = {
  quick: values.quick,
  note: (line) => console.error(line),
  chart: (name, chart) => charts.set(name, chart),
}
for (const bench of BENCHES) {
  if (only && !only.includes(bench.name)) continue
  const startedAt = performance.now()
  const measured = await bench.measure(options)
  rows.push(...measured)
  console.error(`${bench.name}: measured in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
  console.log(`${formatRows(measured)}\n`)
  // After each part, so that an interrupted run loses only the last one.
  save()
}
process.exitCode = exitCodeOf(rows)

function save(): void {
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`)
  if (!values.docs) return
  for (const [name, chart] of charts) writeFileSync(`docs/img/${name}.svg`, drawChart(chart))
  writeRows('docs/performance.md', rows)
}
