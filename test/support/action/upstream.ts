import * as z from 'zod'
import { serveEmulator, type ServedEmulator, type ServeOptions } from '../../../emulator/serve.ts'

export interface Upstream extends ServedEmulator, AsyncDisposable {
  /** The environment that makes the command use this emulator. */
  readonly env: Readonly<Record<string, string>>
  /** Prompts of the requests, in order. */
  prompts(): string[]
}

export const KEY = 'sk-or-v1-very-secret-0123456789'

const GENERATING = /\/(chat\/completions|images)$/

/** The emulator on a free port. */
export async function startUpstream(options: ServeOptions = {}): Promise<Upstream> {
  const emulator = await serveEmulator({ plainImages: true, ...options })
  return {
    ...emulator,
    env: { OPENROUTER_API_KEY: 'sk-or-test-0123456789', OPENROUTER_BASE_URL: emulator.url },
    prompts: () =>
      emulator.requests
        .filter(({ method, path }) => method === 'POST' && GENERATING.test(path))
        .map(({ body }) => promptIn(body)),
    [Symbol.asyncDispose]: () => emulator.close(),
  }
}

/** Inputs of an Action that generates with this emulator and delivers nothing. */
export function inputsFor(
  upstream: Upstream,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return { 'openrouter-api-key': KEY, 'base-url': upstream.url, deliver: 'none', ...more }
}

function promptIn(body: unknown): string {
  const parsed = bodySchema.parse(body)
  if (parsed.prompt !== undefined) return parsed.prompt
  const content = parsed.messages?.[0]?.content ?? ''
  return typeof content === 'string' ? content : (content[0]?.text ?? '')
}

const bodySchema = z.object({
  prompt: z.string().optional(),
  messages: z
    .array(z.object({ content: z.union([z.string(), z.array(z.object({ text: z.string().optional() }))]) }))
    .optional(),
})
