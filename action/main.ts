import process from 'node:process'
import { outliveOutput } from './commands/output-errors.ts'
import { useProxy } from './config/proxy.ts'
import { runAction } from './github/run-action.ts'

// GitHub's host: the runner's variables and files. What it needs is loaded as the run goes.

// What bundled libraries do is Easel's to mend, and nothing for the log of a run.
process.noDeprecation = true
// Without its log, a run still delivers what is paid for.
outliveOutput(process, () => {})
await useProxy(process.env)
process.exitCode = await runAction(process.env)
