import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import { DEFAULT_MODEL } from '../../shared/default-model.ts'

/** The emulator in a process of its own, so that it doesn't share a thread with what is measured. */
export interface Upstream extends AsyncDisposable {
  readonly url: string
}

/** @param faults  such as the size of images; the first that matches a request applies */
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

/** Requests an image from it directly: the least that any Worker has to do. */
export function requestUpstream(url: string, prompt: string): Promise<Response> {
  return fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { Authorization: 'Bearer sk-or-bench', 'Content-Type': 'application/json' },
    body: JSON.stringify({
      model: DEFAULT_MODEL,
      modalities: ['image', 'text'],
      stream: true,
      messages: [{ role: 'user', content: prompt }],
    }),
  })
}

/** Reads a response to its end. @throws when it is an error or shorter than this */
export async function drain(request: Promise<Response>, atLeast = 0): Promise<void> {
  const response = await request
  let bytes = 0
  for await (const chunk of response.body ?? []) bytes += chunk.byteLength
  if (!response.ok || bytes < atLeast) throw new Error(`${response.url}: ${response.status}, ${bytes} bytes`)
}
