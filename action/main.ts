import process from 'node:process'
import { runAction } from './github/run-action.ts'

// GitHub's host: the runner's variables and files. What it needs is loaded as the run goes.

process.exitCode = await runAction(process.env)
