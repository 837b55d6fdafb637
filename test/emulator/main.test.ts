import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { serveEmulator } from '../../emulator/serve.ts'

const MAIN = join(import.meta.dirname, '../../emulator/main.ts')
const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

function start(env: Readonly<Record<string, string>>): ChildProcess {
  const child = spawn(process.execPath, [MAIN], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  return child
}

/** Everything up to the first line, or to the end. */
async function firstLine(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = ''
  for await (const chunk of stream ?? []) {
    text += String(chunk)
    if (text.includes('\n')) break
  }
  return text
}

describe('npm run emulator', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('says where it is ready, and ends well on %s', async (signal) => {
    const child = start({ EMULATOR_PORT: '0' })
    const line = await firstLine(child.stdout)
    const url = /^Emulator is ready at (http:\/\/127\.0\.0\.1:\d+\/api\/v1)\n$/.exec(line)?.[1]
    expect((await fetch(`${url}/images/models`)).status).toBe(200)

    child.kill(signal)
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  it('says in one line that the port is taken, and by which variable to change it', async () => {
    const other = await serveEmulator()
    const { port } = new URL(other.url)
    const child = start({ EMULATOR_PORT: port })
    const [text, [code]] = await Promise.all([firstLine(child.stderr), once(child, 'exit')])
    await other.close()

    expect(text).toBe(`Port ${port} is taken. Choose another with EMULATOR_PORT.\n`)
    expect(code).toBe(1)
  })

  it.each(['EMULATOR_PORT', 'EMULATOR_LATENCY_MS'])('refuses %s when it is no number', async (name) => {
    const child = start({ [name]: 'soon' })
    const [text, [code]] = await Promise.all([firstLine(child.stderr), once(child, 'exit')])

    expect(text).toContain(`${name} must be a whole number`)
    expect(code).toBe(1)
  })
})
