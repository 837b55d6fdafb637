import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const CLI = fileURLToPath(new URL('../../action/dist/cli.js', import.meta.url))
export const MAIN = fileURLToPath(new URL('../../action/dist/main.js', import.meta.url))

/**
 * Says at the end how much memory the process had at most, kB. What `process.resourceUsage()` tells begins with
 * the peak of whoever has started it.
 */
const TELL_MEMORY = `data:text/javascript,import{readFileSync}from'node:fs';process.on('exit',()=>process.stderr.write('peak '+/VmHWM:\\s*(\\d+)/.exec(readFileSync('/proc/self/status','utf8'))?.[1]+'\\n'))`

export interface Measured {
  readonly ms: number
  /** MB, as the operating system counts them. */
  readonly peakMb: number | undefined
  readonly stdout: string
}

/** Runs a Node program to its end, and takes the time. @throws when its exit code is not 0 */
export async function measureProcess(
  args: readonly string[],
  {
    env = {},
    cwd = process.cwd(),
    memory = false,
  }: { env?: Readonly<Record<string, string>>; cwd?: string; memory?: boolean } = {},
): Promise<Measured> {
  const begun = performance.now()
  const child = spawn(process.execPath, [...(memory ? ['--import', TELL_MEMORY] : []), ...args], {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  const ms = performance.now() - begun
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}${stdout}`)
  const peak = /^peak (\d+)$/m.exec(stderr)?.[1]
  return { ms, peakMb: peak === undefined ? undefined : (Number(peak) * 1024) / 1e6, stdout }
}
