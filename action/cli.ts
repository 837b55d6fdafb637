#!/usr/bin/env node
import process from 'node:process'
import { explain } from './commands/explain.ts'
import { outliveOutput } from './commands/output-errors.ts'
import { createProgram } from './commands/program.ts'
import { EXIT, type Terminal } from './commands/terminal.ts'
import { useProxy } from './config/proxy.ts'

// The terminal's host: the process, its streams and its environment.

let isOutputWhole = true

const terminal: Terminal = {
  cwd: process.cwd(),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  outputClosed: outliveOutput(process, () => {
    isOutputWhole = false
    process.exitCode = EXIT.failed
  }),
  setExitCode: (code) => (process.exitCode = isOutputWhole ? code : EXIT.failed),
}

try {
  await useProxy(process.env)
  await createProgram(terminal).parseAsync(process.argv)
} catch (error) {
  terminal.setExitCode(explain(error, terminal, { json: process.argv.includes('--json') }))
}
