import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { explain } from '../../../action/commands/explain.ts'

const CWD = import.meta.dirname

function stream(): { readonly out: NodeJS.WriteStream; text(): string } {
  let written = ''
  const out = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written += chunk.toString()
      done()
    },
  }) as unknown as NodeJS.WriteStream
  return { out, text: () => written }
}

function explained(error: unknown): { code: number; stdout: unknown; stderr: string } {
  const [stdout, stderr] = [stream(), stream()]
  const code = explain(
    error,
    {
      cwd: CWD,
      env: {},
      stdout: stdout.out,
      stderr: stderr.out,
      outputClosed: new AbortController().signal,
      setExitCode: () => {},
    },
    { json: true },
  )
  return { code, stdout: JSON.parse(stdout.text()), stderr: stderr.text() }
}

function thrownBy(act: () => unknown): unknown {
  try {
    return act()
  } catch (error) {
    return error
  }
}

describe('a system error', () => {
  it.each([
    [
      Object.assign(new Error('EACCES: permission denied, open'), {
        code: 'EACCES',
        syscall: 'open',
        path: join(CWD, 'docs/easel.yml'),
      }),
      'docs/easel.yml: permission denied.',
    ],
    [thrownBy(() => readFileSync(join(CWD, 'a'.repeat(256)))), `${'a'.repeat(256)}: its name is too long.`],
    [thrownBy(() => readdirSync(import.meta.filename)), 'explain.test.ts: one of its folders is a file.'],
    [thrownBy(() => readdirSync('/nonexistent')), expect.stringContaining('/nonexistent: ENOENT')],
  ])('names the file, in words: %s', (error, message) => {
    expect(explained(error)).toEqual({
      code: 1,
      stdout: { error: { code: 'file_system', message } },
      stderr: expect.stringMatching(/^error: .+\n$/),
    })
  })
})
