import { execFile } from 'node:child_process'
import process from 'node:process'

export interface WranglerResult {
  readonly ok: boolean
  readonly stdout: string
  /** Everything it has printed. */
  readonly output: string
}

/** Runs a command of wrangler. Never rejects for what wrangler says. */
export type Wrangler = (args: readonly string[]) => Promise<WranglerResult>

export const runWrangler: Wrangler = (args) =>
  new Promise((resolve) => {
    execFile(
      'wrangler',
      [...args],
      { env: { ...process.env, NO_COLOR: '1' }, shell: process.platform === 'win32' },
      (error, stdout, stderr) => resolve({ ok: !error, stdout, output: `${stdout}${stderr}` }),
    )
  })
