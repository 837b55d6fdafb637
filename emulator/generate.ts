import { randomUUID } from 'node:crypto'
import type { HttpBindings } from '@hono/node-server'
import type { Accounts } from './accounts.ts'
import { ApiError, errorData } from './errors.ts'
import type { Fault } from './faults.ts'
import type { InputImage } from './inputs.ts'
import { loadInput } from './inputs.ts'
import type { Order } from './parsed-request.ts'
import type { DecodedImage, Studio } from './studio.ts'
import type { Bill } from './prices.ts'
import { bill } from './prices.ts'
import { chatBody, chatClosing, chatOpening, chatStreamError } from './wire/chat-response.ts'
import { delay, deliver } from './wire/deliver.ts'
import {
  imagesBody,
  imagesClosing,
  imagesPartial,
  imagesStreamError,
  imagesTextChunks,
} from './wire/images-response.ts'
import { KEEP_ALIVE, serialise } from './wire/serialise.ts'

/** Everything that an answer's body is written from. */
export interface Answer {
  readonly id: string
  /** Unix seconds. */
  readonly created: number
  readonly order: Order
  /** What the model writes beside the images; `null` for nothing. */
  readonly text: string | null
  readonly images: readonly DecodedImage[]
  readonly bill: Bill
  readonly fault: Fault
}

export interface Job {
  readonly order: Order
  readonly fault: Fault
  readonly key: string
  readonly referer: string | null
  readonly signal: AbortSignal
  readonly connection: HttpBindings['outgoing'] | undefined
  readonly onAbort: () => void
}

export interface Workshop {
  readonly studio: Studio
  readonly accounts: Accounts
  readonly now: () => number
  readonly latencyMs: number
  readonly keepAliveMs: number
  readonly fetchImage: typeof fetch
}

/**
 * Makes the images and answers, as JSON or as a stream.
 *
 * @throws {ApiError} for whatever is wrong before the work begins
 */
export async function generate(job: Job, workshop: Workshop): Promise<Response> {
  const { order, fault, signal, connection, onAbort } = job
  const startedAt = workshop.now()
  if (fault.silence === true) await silence(signal)
  if (fault.refusal === true) throw refusal(fault)
  if (fault.status !== undefined && fault.inBand !== true) throw faultError(fault, fault.status)

  const load = (url: string): Promise<InputImage> => loadInput(url, workshop.fetchImage)
  const inputs = await Promise.all(order.inputs.map(load))
  const references = await Promise.all(order.references.map(load))

  const start = {
    id: `gen-${Math.floor(startedAt / 1000)}-${randomUUID().replaceAll('-', '').slice(0, 20)}`,
    created: Math.floor(startedAt / 1000),
    // With super resolution the image keeps the size of what is sharpened.
    order: references.length > 0 && inputs[0] !== undefined ? { ...order, ...sizeOfInput(inputs[0]) } : order,
    text: fault.text ?? (order.wantsText ? 'Here is your image.' : null),
    fault,
  }
  const work = async (): Promise<Answer> => {
    const [images] = await Promise.all([
      makeImages(start.order, fault, { inputs, references }, workshop.studio),
      delay(fault.latencyMs ?? workshop.latencyMs, signal),
    ])
    const answer = { ...start, images, bill: bill(start.order, images.length, inputs) }
    workshop.accounts.record(answer, { ...job, startedAt, streamed: streams })
    return answer
  }
  const streams =
    order.stream && (order.api === 'completions' || order.model.supports_streaming || fault.streams === true)
  const headers = { 'X-Generation-Id': start.id }
  const inBand = fault.status === undefined ? undefined : faultError(fault, fault.status)

  if (streams) {
    const pieces = stream(start, inBand, work, workshop)
    return deliver({ contentType: 'text/event-stream', headers, pieces, fault, connection, onAbort })
  }
  const body = async (): Promise<readonly Uint8Array[]> => {
    if (inBand !== undefined) return serialise({ error: errorData(inBand) })
    const answer = await work()
    return order.api === 'completions' ? chatBody(answer) : imagesBody(answer)
  }
  return deliver({
    contentType: 'application/json',
    headers,
    pieces: await body(),
    fault,
    connection,
    onAbort,
  })
}

async function* stream(
  start: Omit<Answer, 'images' | 'bill'>,
  inBand: ApiError | undefined,
  work: () => Promise<Answer>,
  { studio, keepAliveMs }: Workshop,
): AsyncGenerator<Uint8Array, void, undefined> {
  const isChat = start.order.api === 'completions'
  yield KEEP_ALIVE
  if (inBand !== undefined) {
    yield* isChat ? chatStreamError(start, inBand) : imagesStreamError(inBand)
    return
  }
  if (isChat) yield* chatOpening(start)
  const pending = work()
  // Observed below; this only keeps a rejection during a keep-alive from counting as unhandled.
  pending.catch(() => undefined)
  while ((await Promise.race([pending, delay(keepAliveMs)])) === undefined) yield KEEP_ALIVE
  const answer = await pending
  if (isChat) {
    yield* chatClosing(answer)
    return
  }
  const [first] = answer.images
  if (first?.svg !== undefined) yield* imagesTextChunks(first.svg)
  else if (first !== undefined) {
    const partials = await studio.partials(first)
    for (const [index, partial] of partials.entries()) yield* imagesPartial(partial, index)
  }
  yield* imagesClosing(answer)
}

async function makeImages(
  order: Order,
  fault: Fault,
  given: { inputs: readonly InputImage[]; references: readonly InputImage[] },
  studio: Studio,
): Promise<readonly DecodedImage[]> {
  if (fault.noImage === true || !order.wantsImage) return []
  const count = fault.images ?? order.count
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      if (fault.bytes !== undefined) return studio.heavy(fault.bytes)
      if (fault.notAnImage === true) return studio.notAnImage()
      if (fault.lyingMediaType !== true) return studio.draw(order, index, given)
      return { ...(await studio.draw({ ...order, format: 'jpeg' }, index, given)), mediaType: 'image/png' }
    }),
  )
}

/** Ends only when the client goes away; nobody reads what follows. */
async function silence(signal: AbortSignal): Promise<never> {
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  throw new ApiError(408)
}

function refusal(fault: Fault): ApiError {
  const message = fault.message ?? 'The request was refused by the content policy of the provider'
  return new ApiError(400, { type: 'content_policy_violation', message, providerCode: 'moderation_blocked' })
}

function faultError(fault: Fault, status: number): ApiError {
  const { errorType: type, message, retryAfterSeconds, retryable } = fault
  const metadata = status === 403 ? { reasons: ['violence'], flagged_input: 'the flagged words' } : undefined
  return new ApiError(status, { type, message, retryAfterSeconds, retryable, metadata })
}

function sizeOfInput({ width, height }: InputImage): { width: number; height: number } {
  return { width, height }
}
