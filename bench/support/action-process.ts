import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const CLI = fileURLToPath(new URL('../../action/dist/cli.js', import.meta.url))
export const MAIN = fileURLToPath(new URL('../../action/dist/main.js', import.meta.url))

/**
 * Prints the process's peak memory at its end, kB. `process.resourceUsage()` would start from the peak of the parent
 * process.
 */
const PRINT_PEAK = `data:text/javascript,import{readFileSync}from'node:fs';process.on('exit',()=>process.stderr.write('peak '+/VmHWM:\\s*(\\d+)/.exec(readFileSync('/proc/self/status','utf8'))?.[1]+'\\n'))`

export interface Measured {
  readonly ms: number
  /** Peak memory as the operating system counts it, MB. */
  readonly peakMb: number | undefined
  readonly stdout: string
}

/** Runs a Node program to its end and times it. @throws when its exit code is not 0 */
export async function measureProcess(
  args: readonly string[],
  {
    env = {},
    cwd = process.cwd(),
    memory = false,
  }: { env?: Readonly<Record<string, string>>; cwd?: string; memory?: boolean } = {},
): Promise<Measured> {
  const start = performance.now()
  const child = spawn(process.execPath, [...(memory ? ['--import', PRINT_PEAK] : []), ...args], {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  const ms = performance.now() - start
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}${stdout}`)
  const peak = /^peak (\d+)$/m.exec(stderr)?.[1]
  return { ms, peakMb: peak === undefined ? undefined : (Number(peak) * 1024) / 1e6, stdout }
}
