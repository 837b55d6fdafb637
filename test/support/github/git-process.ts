import { spawn } from 'node:child_process'

// A program of its own, small on purpose: runs git for the process that started it, until that ends.

export interface GitCommand {
  readonly id: number
  readonly args: readonly string[]
  readonly input: string | Uint8Array
  /** The whole environment. */
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface GitResult {
  readonly id: number
  /** `null`: ended by a signal. */
  readonly code: number | null
  readonly out: Uint8Array
  readonly err: string
}

process.on('message', ({ id, args, input, env }: GitCommand) => {
  const child = spawn('git', args, { env })
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  // git may exit before it has read everything.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  child.once('error', ({ message }) => respond({ id, code: null, out: new Uint8Array(), err: message }))
  child.once('close', (code) =>
    respond({ id, code, out: Buffer.concat(out), err: Buffer.concat(err).toString('utf8').trim() }),
  )
})
process.once('disconnect', () => process.exit())

function respond(result: GitResult): void {
  process.send?.(result)
}
