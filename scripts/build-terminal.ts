/**
 * Writes `docs/img/terminal.svg`: `easel plan`, `generate` and `plan` again, run against the emulator and recorded.
 *
 *     npm run terminal
 */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { serveEmulator } from '../emulator/serve.ts'
import { terminalSvg } from './terminal/svg.ts'

const CLI = fileURLToPath(new URL('../action/cli.ts', import.meta.url))
const TARGET = fileURLToPath(new URL('../docs/img/terminal.svg', import.meta.url))

const CONFIG = `version: 1
defaults: { model: google/gemini-3.1-flash-image, aspect_ratio: "16:9" }
images:
  - { path: docs/img/harbour.png, prompt: "A harbour at dawn, calm water" }
  - { path: docs/img/lamp.png, prompt: A cutaway of a lighthouse lamp, aspect_ratio: "4:3" }
`

const emulator = await serveEmulator({ latencyMs: 1500 })
const folder = await mkdtemp(join(tmpdir(), 'easel-terminal-'))
await writeFile(join(folder, 'easel.yml'), CONFIG)

const steps = []
for (const command of ['plan', 'generate', 'plan']) {
  const { stdout } = await promisify(execFile)(process.execPath, [CLI, command], {
    cwd: folder,
    env: {
      ...process.env,
      FORCE_COLOR: '1',
      OPENROUTER_API_KEY: 'sk-or-test',
      OPENROUTER_BASE_URL: emulator.url,
    },
  })
  steps.push({ command: `easel ${command}`, output: stdout.trimEnd() })
}
await Promise.all([emulator.close(), rm(folder, { recursive: true })])
await writeFile(TARGET, terminalSvg(steps))
