#!/usr/bin/env node
import process from 'node:process'
import { createProgram, explain } from './commands/program.ts'
import type { Terminal } from './commands/terminal.ts'
import { useProxy } from './config/proxy.ts'

// The terminal's host: the process, its streams and its environment.

const terminal: Terminal = {
  cwd: process.cwd(),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  setExitCode: (code) => (process.exitCode = code),
}

// `easel plan | head` closes the pipe early, which is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit()
  throw error
})

try {
  await useProxy(process.env)
  await createProgram(terminal).parseAsync(process.argv)
} catch (error) {
  terminal.setExitCode(explain(error, terminal, { json: process.argv.includes('--json') }))
}
