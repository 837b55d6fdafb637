/**
 * Checks everything that can be checked without running it, as many things at once as there are cores. What fails is
 * printed in one piece.
 *
 *     npm run check
 */
import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import pMap from 'p-map'

/** Scripts of package.json, the longest first. */
const CHECKS = [
  'check:lint',
  'check:types',
  'build:check',
  'check:unused',
  'check:dependencies',
  'check:format',
]

await pMap(CHECKS, check, { concurrency: availableParallelism() })

async function check(script: string): Promise<void> {
  const child = spawn(process.execPath, ['--run', script], { stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve))
  const [code, out, err] = await Promise.all([exited, text(child.stdout), text(child.stderr)])
  console.log(`${script} ${code === 0 ? 'passes' : 'fails'}`)
  if (code === 0) return
  process.exitCode = 1
  process.stdout.write(out)
  process.stderr.write(err)
}
