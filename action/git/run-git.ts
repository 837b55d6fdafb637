import { promisify } from 'node:util'

/** Enough for the attributes of 100,000 files. */
const OUTPUT_MAX_BYTES = 2 ** 25

/** The output of git in a folder; `undefined` when it fails, or there is no git. */
export async function git(root: string, args: readonly string[], input = ''): Promise<string | undefined> {
  // Node takes some milliseconds to load it, and not every run asks git.
  const { execFile } = await import('node:child_process')
  // In a container the workspace belongs to another user, which git refuses otherwise.
  const command = ['-c', 'safe.directory=*', '-C', root, ...args]
  const running = promisify(execFile)('git', command, { maxBuffer: OUTPUT_MAX_BYTES })
  running.child.stdin?.on('error', () => {}).end(input)
  const output = await running.catch(() => undefined)
  return output?.stdout
}
