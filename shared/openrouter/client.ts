import type { ImageModel } from '../catalogue/model.ts'
import { startDeadline } from '../deadline.ts'
import { EaselError, UpstreamError } from '../errors.ts'
import type { BlockDecoder } from '../response/base64.ts'
import { billingUnknown } from '../response/outcome-errors.ts'
import type { PreviewSink } from '../response/previews.ts'
import { readResponse, type ResponseEvent } from '../response/read-response.ts'
import { errorInResponse } from '../response/upstream-error.ts'
import type { ImageSpec } from '../spec/schema.ts'
import { connectionError } from './connection-error.ts'
import { type Candidates, firstThatServes } from './fallback.ts'
import { generationCost } from './generation-cost.ts'
import { createSendRequest, type OpenRouterHttpOptions, readText, OPENROUTER_BASE_URL } from './http.ts'
import { fetchLinkedImage } from './linked-image.ts'
import { buildRequest, type UpstreamRequest } from './request.ts'
import { DEFAULT_RETRY, type RetryClock, retryDelay, type RetryPolicy, sleep } from './retry.ts'

export { OPENROUTER_BASE_URL } from './http.ts'

/** The time limit of one generation, waits and retries included, milliseconds. */
export const DEFAULT_DEADLINE_MS = 300_000

export interface OpenRouterOptions extends OpenRouterHttpOptions {
  readonly deadlineMs?: number
  readonly retry?: RetryPolicy
  readonly clock?: RetryClock
  /** How images are fetched that a response links to; like everything else where absent. */
  readonly fetchLink?: typeof globalThis.fetch
  /** How images are decoded; the platform's way where absent. */
  readonly decodeBlock?: BlockDecoder
}

export interface SendOptions {
  readonly signal?: AbortSignal
  /**
   * Called when a request is sent, with `undefined`, and when the head of its response names the generation, before its
   * image arrives.
   */
  readonly onGenerationId?: ((generationId: string | undefined) => void) | undefined
  /** Where previews go; they are skipped where absent. */
  readonly previews?: PreviewSink | undefined
}

type Done = Extract<ResponseEvent, { readonly type: 'done' }>

/** Generates images. */
export interface OpenRouterClient {
  /**
   * Requests the images of one spec, and yields what arrives, as it arrives; `done` is last.
   *
   * Retries complete error responses with backoff, within the deadline, as long as nothing was decoded. Never
   * retries what may have been billed.
   *
   * @throws {EaselError} `misconfigured` when the key can't be one
   * @throws {UnsupportedByModelError} before anything is sent, when no API can carry the spec
   * @throws {UpstreamError} when no whole image arrives
   * @throws the signal's reason when the caller aborts
   */
  generate(
    spec: ImageSpec,
    model: ImageModel,
    options?: SendOptions,
  ): AsyncGenerator<ResponseEvent, void, undefined>
  /** The same for a request that is already built. */
  send(request: UpstreamRequest, options?: SendOptions): AsyncGenerator<ResponseEvent, void, undefined>
  /** The same for the first of several models that serves; `done` names it, and those before it. */
  sendFirst(candidates: Candidates, options?: SendOptions): AsyncGenerator<ResponseEvent, void, undefined>
  /**
   * What a generation was billed, USD; `undefined` when that can't be learnt within a minute.
   *
   * @throws the signal's reason when the caller aborts
   */
  costOf(generationId: string, options?: Pick<SendOptions, 'signal'>): Promise<number | undefined>
}

export function createOpenRouterClient(options: OpenRouterOptions): OpenRouterClient {
  const {
    deadlineMs = DEFAULT_DEADLINE_MS,
    retry = DEFAULT_RETRY,
    fetchLink = options.fetch ?? globalThis.fetch,
    decodeBlock,
  } = options
  const clock = options.clock ?? { now: Date.now, sleep, random: Math.random }
  const sendRequest = createSendRequest(options)

  async function* send(
    request: UpstreamRequest,
    { signal: callerSignal, onGenerationId, previews }: SendOptions = {},
    timeout: AbortSignal,
    retryUntil: number,
  ): AsyncGenerator<ResponseEvent, void, undefined> {
    const signal = callerSignal ? AbortSignal.any([callerSignal, timeout]) : timeout

    for (let attempt = 1; ; attempt++) {
      let isStarted = false
      try {
        for await (const event of attemptOnce(request, signal, callerSignal, { onGenerationId, previews })) {
          isStarted = true
          yield event.type === 'done' ? await withLookedUpCost(event, callerSignal) : event
        }
        return
      } catch (error) {
        callerSignal?.throwIfAborted()
        if (isBillingUnknown(error)) throw await settled(timeout.aborted ? late(error) : error, callerSignal)
        const delay = isStarted ? undefined : retryDelay(error, attempt, retryUntil, clock, retry)
        if (delay === undefined) throw error
        await clock.sleep(delay, signal).catch(() => {
          callerSignal?.throwIfAborted()
          throw error
        })
      }
    }
  }

  async function* attemptOnce(
    { path, body }: UpstreamRequest,
    signal: AbortSignal,
    callerSignal: AbortSignal | undefined,
    { onGenerationId, previews }: Pick<SendOptions, 'onGenerationId' | 'previews'>,
  ): AsyncGenerator<ResponseEvent, void, undefined> {
    onGenerationId?.(undefined)
    const response = await sendRequest(path, { body, signal }).catch((error: unknown) => {
      throw error instanceof EaselError
        ? error
        : connectionError(error, options.baseUrl ?? OPENROUTER_BASE_URL)
    })
    if (!response.ok) {
      const { status, headers } = response
      const { text, isComplete } = await readText(response)
      throw errorInResponse({ status, headers, body: text, isComplete }, clock.now())
    }
    const generationId = response.headers.get('X-Generation-Id')
    if (generationId !== null) onGenerationId?.(generationId)
    const fetchLinked = (url: string) => fetchLinkedImage(url, { fetch: fetchLink, signal })
    yield* readResponse(response, { fetchLinked, decodeBlock, previews, signal: callerSignal })
  }

  /** The error, after asking OpenRouter what the generation cost, where it has a name. */
  async function settled(
    error: UpstreamError,
    callerSignal: AbortSignal | undefined,
  ): Promise<UpstreamError> {
    const usd = await lookUpCost(error.generationId, callerSignal)
    return usd === undefined ? error : withCost(error, usd)
  }

  /** The summary of a response that broke off after a whole image, and so before it named its cost. */
  async function withLookedUpCost(done: Done, callerSignal: AbortSignal | undefined): Promise<Done> {
    if (done.problems.length === 0 || done.usage?.costUsd !== undefined) return done
    const costUsd = await lookUpCost(done.generationId, callerSignal).catch((error: unknown) => {
      // The image is there: a caller that no longer waits gets it without its cost.
      if (callerSignal?.aborted !== true) throw error
      return undefined
    })
    return costUsd === undefined ? done : { ...done, usage: { ...done.usage, costUsd } }
  }

  async function lookUpCost(
    generationId: string | undefined,
    callerSignal: AbortSignal | undefined,
  ): Promise<number | undefined> {
    if (generationId === undefined) return undefined
    const getGeneration = (signal: AbortSignal) =>
      sendGet(`/generation?id=${encodeURIComponent(generationId)}`, signal)
    return generationCost(getGeneration, clock, callerSignal)
  }

  async function sendGet(path: string, signal: AbortSignal) {
    const response = await sendRequest(path, { signal }).catch(() => undefined)
    if (!response) return undefined
    const { text } = await readText(response)
    return { status: response.status, body: text }
  }

  function late(error: UpstreamError): UpstreamError {
    const seconds = Math.round(deadlineMs / 1000)
    return billingUnknown(`No image arrived within ${seconds} s`, { cause: error }).with({
      generationId: error.generationId,
    })
  }

  async function* sendUnderDeadline(request: UpstreamRequest, sending: SendOptions | undefined) {
    using timeout = startDeadline(deadlineMs)
    yield* send(request, sending, timeout.signal, clock.now() + deadlineMs)
  }

  return {
    async *generate(spec, model, sending) {
      yield* sendUnderDeadline(buildRequest(spec, model), sending)
    },
    send: sendUnderDeadline,
    async *sendFirst(candidates, sending) {
      using timeout = startDeadline(deadlineMs)
      const deadline = clock.now() + deadlineMs
      const sendOne = (request: UpstreamRequest, retryUntil: number) =>
        send(request, sending, timeout.signal, retryUntil)
      yield* firstThatServes(candidates, sendOne, { now: clock.now, deadline })
    },
    costOf: (generationId, { signal } = {}) => lookUpCost(generationId, signal),
  }
}

function isBillingUnknown(error: unknown): error is UpstreamError {
  return error instanceof UpstreamError && error.mayHaveBeenBilled
}

/** What a generation was that brought no image, now that its cost is known. */
function withCost(error: UpstreamError, usd: number): UpstreamError {
  const { generationId, upstreamStatus } = error
  const options = { generationId, upstreamStatus, cause: error }
  if (usd > 0) {
    return new UpstreamError(
      'upstream_invalid',
      `OpenRouter billed $${usd} for an image that did not arrive whole. Request it again, or try another model.`,
      { ...options, billedUsd: usd },
    )
  }
  return new UpstreamError(
    'upstream_failed',
    'No image arrived, and OpenRouter did not bill the generation. Request it again.',
    options,
  )
}
