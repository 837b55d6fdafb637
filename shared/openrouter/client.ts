import type { BlockDecoder } from '../response/base64.ts'
import { type AnswerEvent, readAnswer } from '../response/read-response.ts'
import { errorInResponse } from '../response/upstream-error.ts'
import type { ImageModel } from '../catalogue/model.ts'
import { EaselError, UpstreamError } from '../errors.ts'
import type { ImageSpec } from '../spec/schema.ts'
import { fetchLinkedImage } from './linked-image.ts'
import { buildRequest, type UpstreamRequest } from './request.ts'
import { DEFAULT_RETRY, type RetryClock, retryDelay, type RetryPolicy, sleep } from './retry.ts'

export const OPENROUTER_BASE_URL = 'https://openrouter.ai/api/v1'

/** One generation may take this long in all, waits and retries included, milliseconds. */
export const DEFAULT_DEADLINE_MS = 300_000

/** How much of an error's body is read; nobody needs more, and it is from outside. */
const ERROR_BODY_MAX_BYTES = 2 ** 16

export interface OpenRouterOptions {
  readonly apiKey: string
  /** Such as `https://openrouter.ai/api/v1`, with or without a slash at the end. */
  readonly baseUrl?: string
  /** Who asks, for OpenRouter's rankings. */
  readonly attribution?: { readonly url: string; readonly title: string }
  readonly deadlineMs?: number
  readonly retry?: RetryPolicy
  readonly clock?: RetryClock
  readonly fetch?: typeof globalThis.fetch
  /** How images are decoded; the platform's way where absent. */
  readonly decodeBlock?: BlockDecoder
}

/** Generates images. */
export interface OpenRouterClient {
  /**
   * Asks for one spec and hands out what comes, as it comes; `done` is last.
   *
   * Retries what failed before anything came, within the deadline; never what may have been paid for.
   *
   * @throws {EaselError} `misconfigured` when the key can be none
   * @throws {UnsupportedByModelError} before anything is sent, when no API can carry the spec
   * @throws {UpstreamError} when OpenRouter fails, refuses, is silent too long, or its answer is broken
   * @throws the signal's reason when the caller aborts
   */
  generate(
    spec: ImageSpec,
    model: ImageModel,
    options?: { readonly signal?: AbortSignal },
  ): AsyncGenerator<AnswerEvent, void, undefined>
  /** The same for a request that is built already. */
  send(
    request: UpstreamRequest,
    options?: { readonly signal?: AbortSignal },
  ): AsyncGenerator<AnswerEvent, void, undefined>
}

export function createOpenRouterClient(options: OpenRouterOptions): OpenRouterClient {
  const { deadlineMs = DEFAULT_DEADLINE_MS, retry = DEFAULT_RETRY } = options
  const clock = options.clock ?? { now: Date.now, sleep, random: Math.random }

  async function* generate(
    spec: ImageSpec,
    model: ImageModel,
    sending?: { readonly signal?: AbortSignal },
  ): AsyncGenerator<AnswerEvent, void, undefined> {
    yield* send(buildRequest(spec, model), sending)
  }

  async function* send(
    request: UpstreamRequest,
    { signal: callerSignal }: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<AnswerEvent, void, undefined> {
    // A key that can't stand in a header would stand in the error that `fetch` throws.
    if (!/^\s*[\x21-\x7e]+\s*$/.test(options.apiKey)) {
      throw new EaselError(
        'misconfigured',
        'The OpenRouter key is empty or holds what no key does: check it.',
      )
    }
    const deadline = clock.now() + deadlineMs
    const timeout = AbortSignal.timeout(deadlineMs)
    const signal = callerSignal ? AbortSignal.any([callerSignal, timeout]) : timeout

    for (let attempt = 1; ; attempt++) {
      let begun = false
      try {
        for await (const event of ask(request, signal, options)) {
          begun = true
          yield event
        }
        return
      } catch (error) {
        callerSignal?.throwIfAborted()
        if (timeout.aborted) throw timedOut(deadlineMs)
        const delay = begun ? undefined : retryDelay(error, attempt, deadline, clock, retry)
        if (delay === undefined) throw error
        await clock.sleep(delay, signal).catch(() => {
          callerSignal?.throwIfAborted()
          throw error
        })
      }
    }
  }

  return { generate, send }
}

async function* ask(
  { path, body }: UpstreamRequest,
  signal: AbortSignal,
  {
    apiKey,
    baseUrl = OPENROUTER_BASE_URL,
    attribution,
    fetch = globalThis.fetch,
    decodeBlock,
  }: OpenRouterOptions,
): AsyncGenerator<AnswerEvent, void, undefined> {
  const response = await fetch(`${baseUrl.replace(/\/+$/, '')}${path}`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${apiKey.trim()}`,
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      ...(attribution && {
        'HTTP-Referer': headerText(attribution.url),
        'X-OpenRouter-Title': headerText(attribution.title),
      }),
    },
    body: JSON.stringify(body),
    // A redirect would carry the key elsewhere, and turn the POST into a GET.
    redirect: 'manual',
    signal,
  }).catch((error: unknown) => {
    throw signal.aborted ? error : unreachable(error)
  })
  if (!response.ok) throw errorInResponse(response.status, await readStart(response), response.headers)
  yield* readAnswer(response, {
    fetchLinked: (url) => fetchLinkedImage(url, { fetch, signal }),
    decodeBlock,
  })
}

/** Header values are ASCII: accents go, other letters too. */
function headerText(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/[^\x20-\x7e]/g, '')
    .trim()
}

async function readStart(response: Response): Promise<string> {
  const reader = response.body?.getReader()
  if (!reader) return ''
  const decoder = new TextDecoder()
  let text = ''
  while (text.length < ERROR_BODY_MAX_BYTES) {
    // The status alone says enough when the body breaks off.
    const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }))
    if (done) return text
    text += decoder.decode(value, { stream: true })
  }
  await reader.cancel()
  return text
}

function unreachable(cause: unknown): UpstreamError {
  return new UpstreamError('upstream_failed', 'OpenRouter can’t be reached. Ask again in a moment.', {
    retryable: true,
    cause,
  })
}

function timedOut(deadlineMs: number): UpstreamError {
  const seconds = Math.round(deadlineMs / 1000)
  return new UpstreamError(
    'upstream_timeout',
    `No image came within ${seconds} s. It may have been made and billed, so Easel did not ask again by itself.`,
    { mayHaveBeenPaid: true },
  )
}
