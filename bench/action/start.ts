import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CLI, MAIN, measureProcess } from '../support/action-process.ts'
import { type Bench, type BenchOptions, type Bound, interleave, type Row, toRow } from '../support/rows.ts'

const BOUND: Bound = { of: 'difference', atMost: 100 }

/** Start-up of the built Action, against a bare Node. */
export const actionStart: Bench = { name: 'action-start', measure }

async function measure({ quick }: BenchOptions): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'easel-bench-'))
  try {
    const files = ['output', 'summary', 'empty.mjs'].map((name) => join(folder, name))
    await Promise.all(files.map((file) => writeFile(file, '')))
    const [output = '', summary = '', empty = ''] = files
    await writeFile(join(folder, 'easel.yml'), 'version: 1\nimages: []\n')
    await writeFile(join(folder, 'event.json'), '{}')
    // A whole run: inputs, config, plan, outputs, summary, report. Mode check uses no network.
    const env = {
      'INPUT_BASE-URL': 'https://openrouter.ai/api/v1',
      INPUT_MODE: 'check',
      INPUT_DELIVER: 'none',
      INPUT_CONCURRENCY: '4',
      'INPUT_ON-ERROR': 'fail',
      'INPUT_ON-DRIFT': 'keep',
      'INPUT_ON-ALIAS-CHANGE': 'keep',
      GITHUB_WORKSPACE: folder,
      GITHUB_OUTPUT: output,
      GITHUB_STEP_SUMMARY: summary,
      RUNNER_TEMP: folder,
      GITHUB_EVENT_PATH: join(folder, 'event.json'),
      GITHUB_EVENT_NAME: 'push',
    }
    const { bare, action, command } = await interleave(
      {
        bare: async () => (await measureProcess([empty])).ms,
        action: async () => (await measureProcess([MAIN], { env, cwd: folder })).ms,
        command: async () => (await measureProcess([CLI, 'check'], { cwd: folder })).ms,
      },
      { rounds: quick ? 4 : 21 },
    )
    const row = (name: string, values: readonly number[]): Row =>
      toRow({ name, unit: 'ms', values, against: 'bare Node', references: bare, bound: BOUND })
    return [row('Action, a whole run with an empty config', action), row('easel check, start-up', command)]
  } finally {
    await rm(folder, { recursive: true })
  }
}
