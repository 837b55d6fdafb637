import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'

/** The emulator in a process of its own: neither it nor what is measured waits for the other's processor. */
export interface Upstream extends AsyncDisposable {
  readonly url: string
}

/** @param faults  such as a size of the images; the first that matches a request */
export async function startUpstream(...faults: readonly object[]): Promise<Upstream> {
  const program = fileURLToPath(new URL('./emulator-process.ts', import.meta.url))
  const child = fork(program, [JSON.stringify(faults)], { stdio: 'inherit' })
  const url = await new Promise<string>((resolve) =>
    child.once('message', (message) => resolve(z.string().parse(message))),
  )
  return {
    url,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve())
        child.kill()
      }),
  }
}

/** Asks it directly, as no Worker could do without. */
export function askUpstream(url: string, prompt: string): Promise<Response> {
  return fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { Authorization: 'Bearer sk-or-bench', 'Content-Type': 'application/json' },
    body: JSON.stringify({
      model: 'google/gemini-2.5-flash-image',
      modalities: ['image', 'text'],
      stream: true,
      messages: [{ role: 'user', content: prompt }],
    }),
  })
}

/** Reads an answer to its end, and keeps nothing. @throws when it isn't one, or shorter than this */
export async function drain(asked: Promise<Response>, atLeast = 0): Promise<void> {
  const answer = await asked
  let bytes = 0
  for await (const chunk of answer.body ?? []) bytes += chunk.byteLength
  if (!answer.ok || bytes < atLeast) throw new Error(`${answer.url}: ${answer.status}, ${bytes} bytes`)
}
