/**
 * `npm run bench`: measures every promise about speed against a reference in the same run, and what things cost.
 *
 *     npm run bench -- [--quick] [--only NAME]... [--json FILE] [--docs]
 *
 * `--docs` writes the table and the charts into docs/performance.md. Exits with 1 if a bound is broken, 2 for an
 * unknown name.
 */
import { fork } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { once as onceEvent } from 'node:events'
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
import { type Bench, exitCodeOf, type Row } from './support/rows.ts'
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

const chosen = BENCHES.filter(({ name }) => only?.includes(name) ?? true)
const allRows: Row[] = []
const allCharts = new Map<string, Chart>()
for (const bench of chosen) {
  const { rows, charts } = chosen.length === 1 ? await measure(bench) : await measureApart(bench)
  allRows.push(...rows)
  for (const [name, chart] of charts) allCharts.set(name, chart)
  // After each part, so that an interrupted run loses only the last one.
  save()
}
process.exitCode = exitCodeOf(allRows)

interface Measurement {
  readonly rows: readonly Row[]
  /** By file name. */
  readonly charts: ReadonlyMap<string, Chart>
}

async function measure(bench: Bench): Promise<Measurement> {
  const charts = new Map<string, Chart>()
  const startedAt = performance.now()
  const rows = await bench.measure({
    quick: values.quick,
    note: (line) => console.error(line),
    chart: (name, chart) => charts.set(name, chart),
  })
  console.error(`${bench.name}: measured in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
  console.log(`${formatRows(rows)}\n`)
  process.send?.({ rows, charts } satisfies Measurement)
  if (process.connected) process.disconnect()
  return { rows, charts }
}

/** In a process of its own, so that what was measured before makes no difference. */
async function measureApart({ name }: Bench): Promise<Measurement> {
  const child = fork(import.meta.filename, ['--only', name, ...(values.quick ? ['--quick'] : [])], {
    serialization: 'advanced',
  })
  let measured: Measurement | undefined
  child.once('message', (message) => (measured = message as Measurement))
  await onceEvent(child, 'close')
  if (measured) return measured
  throw new Error(`${name} ended without a result: ${child.signalCode ?? child.exitCode}`)
}

function save(): void {
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(allRows, null, 2)}\n`)
  if (!values.docs) return
  for (const [name, chart] of allCharts) writeFileSync(`docs/img/${name}.svg`, drawChart(chart))
  writeRows('docs/performance.md', allRows)
}
