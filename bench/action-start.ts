/** Start-up of the built Action over a bare Node: `node bench/action-start.ts`. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CLI, MAIN, measureProcess, medianMs, say } from './support/action-process.ts'

const ROUNDS = 21
const BOUND_MS = 100

const folder = await mkdtemp(join(tmpdir(), 'easel-bench-'))
try {
  const files = ['output', 'summary', 'empty.mjs'].map((name) => join(folder, name))
  await Promise.all(files.map((file) => writeFile(file, '')))
  const [output = '', summary = '', empty = ''] = files
  await writeFile(join(folder, 'easel.yml'), 'version: 1\nimages: []\n')
  await writeFile(join(folder, 'event.json'), '{}')
  // The whole way: inputs, config, plan, outputs, summary, report. Mode check asks no network.
  const env = {
    'INPUT_BASE-URL': 'https://openrouter.ai/api/v1',
    INPUT_MODE: 'check',
    INPUT_DELIVER: 'none',
    INPUT_CONCURRENCY: '4',
    'INPUT_ON-ERROR': 'fail',
    'INPUT_ON-DRIFT': 'keep',
    GITHUB_WORKSPACE: folder,
    GITHUB_OUTPUT: output,
    GITHUB_STEP_SUMMARY: summary,
    RUNNER_TEMP: folder,
    GITHUB_EVENT_PATH: join(folder, 'event.json'),
    GITHUB_EVENT_NAME: 'push',
  }
  const bare = await medianMs(ROUNDS, () => measureProcess([empty]))
  const action = await medianMs(ROUNDS, () => measureProcess([MAIN], { env, cwd: folder }))
  const command = await medianMs(ROUNDS, () => measureProcess([CLI, 'check'], { cwd: folder }))
  say('Action, a whole run over an empty config, over a bare Node', action - bare, BOUND_MS, ' ms')
  say('easel check, over a bare Node', command - bare, BOUND_MS, ' ms')
} finally {
  await rm(folder, { recursive: true })
}
