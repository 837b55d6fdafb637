import { EaselError } from '../errors.ts'

export const OPENROUTER_BASE_URL = 'https://openrouter.ai/api/v1'

export interface OpenRouterHttpOptions {
  readonly apiKey: string
  /** Such as `https://openrouter.ai/api/v1`, with or without a slash at the end. */
  readonly baseUrl?: string
  /** Your app, for OpenRouter's rankings. */
  readonly attribution?: { readonly url: string; readonly title: string }
  readonly fetch?: typeof globalThis.fetch
}

/** Sends one request below the base URL, with the key. */
export type SendRequest = (
  path: string,
  init: { readonly signal: AbortSignal; readonly body?: object },
) => Promise<Response>

export function createSendRequest({
  apiKey,
  baseUrl = OPENROUTER_BASE_URL,
  attribution,
  fetch = globalThis.fetch,
}: OpenRouterHttpOptions): SendRequest {
  return async (path, { signal, body }) => {
    // A key that isn't a header value would end up in the error that `fetch` throws.
    if (!/^\s*[\x21-\x7e]+\s*$/.test(apiKey)) {
      throw new EaselError(
        'misconfigured',
        'The OpenRouter key is empty, or holds characters that no key has: check it.',
      )
    }
    return fetch(`${baseUrl.replace(/\/+$/, '')}${path}`, {
      headers: {
        Authorization: `Bearer ${apiKey.trim()}`,
        Accept: 'application/json, text/event-stream',
        ...(attribution && {
          'HTTP-Referer': headerText(attribution.url),
          'X-OpenRouter-Title': headerText(attribution.title),
        }),
        ...(body && { 'Content-Type': 'application/json' }),
      },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
      // A redirect would carry the key elsewhere, and turn the POST into a GET.
      redirect: 'manual',
      signal,
    })
  }
}

/** How much of a short body is read: nobody needs more, and it is from outside. */
const TEXT_MAX_BYTES = 2 ** 16

/** The text of an error, or of another short body, and whether it came to its end. */
export async function readText({
  body,
}: Response): Promise<{ readonly text: string; readonly isComplete: boolean }> {
  const decoder = new TextDecoder()
  let text = ''
  if (!body) return { text, isComplete: true }
  const reader = body.getReader()
  try {
    while (text.length < TEXT_MAX_BYTES) {
      const { done, value } = await reader.read()
      if (done) return { text, isComplete: true }
      text += decoder.decode(value, { stream: true })
    }
  } catch {
    return { text, isComplete: false }
  }
  reader.cancel().catch(() => undefined)
  return { text, isComplete: true }
}

/** Header values are ASCII: accents and other letters are dropped. */
function headerText(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/[^\x20-\x7e]/g, '')
    .trim()
}
