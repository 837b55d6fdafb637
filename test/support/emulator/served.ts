import { onTestFinished } from 'vitest'
import type { ServeOptions, ServedEmulator } from '../../../emulator/serve.ts'
import { serveEmulator } from '../../../emulator/serve.ts'
import { chatBody } from './ask.ts'

/** An emulator on a real socket, for what only a socket can do; closed when the test ends. */
export async function served(options: ServeOptions): Promise<{
  readonly emulator: ServedEmulator
  /** Posts a chat request for one image, unless `body` is another. */
  ask(init?: { readonly body?: object; readonly signal?: AbortSignal }): Promise<Response>
}> {
  const emulator = await serveEmulator(options)
  onTestFinished(() => emulator.close())
  return {
    emulator,
    ask: ({ body = chatBody('A fox'), signal } = {}) =>
      fetch(`${emulator.url}/chat/completions`, {
        method: 'POST',
        headers: { Authorization: 'Bearer sk-or-test', 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
        ...(signal === undefined ? {} : { signal }),
      }),
  }
}

/** All bytes that arrive, and the error that ended them, if any. */
export async function received(
  response: Response,
): Promise<{ readonly bytes: Buffer; readonly error: Error | undefined }> {
  const chunks: Uint8Array[] = []
  try {
    for await (const chunk of response.body ?? []) chunks.push(chunk)
    return { bytes: Buffer.concat(chunks), error: undefined }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return { bytes: Buffer.concat(chunks), error }
  }
}
