import { randomUUID } from 'node:crypto'
import type { HttpBindings } from '@hono/node-server'
import type { Accounts } from './accounts.ts'
import { delay } from './delay.ts'
import { ApiError, errorResponse } from './errors.ts'
import { errorOf } from './fault-error.ts'
import type { Fault } from './faults.ts'
import { failsAtOnce, isBilled } from './faults.ts'
import { generateImages } from './generate-images.ts'
import type { Generation, StartedGeneration } from './generation.ts'
import type { InputImage } from './inputs.ts'
import { loadInput } from './inputs.ts'
import type { ParsedRequest } from './parsed-request.ts'
import { bill } from './prices.ts'
import type { LoadedImages, Studio } from './studio.ts'
import { deliver } from './wire/deliver.ts'
import { bodyOf, streamOf } from './wire/response.ts'

/** A request to generate, and what belongs to it alone. */
export interface GenerateRequest {
  readonly request: ParsedRequest
  readonly fault: Fault
  readonly key: string
  readonly referer: string | null
  readonly signal: AbortSignal
  readonly connection: HttpBindings['outgoing'] | undefined
  readonly onAbort: () => void
}

/** What all requests share. */
export interface Services {
  readonly studio: Studio
  readonly accounts: Accounts
  readonly now: () => number
  readonly latencyMs: number
  readonly keepAliveMs: number
  readonly fetchImage: typeof fetch
}

/**
 * Generates the images and responds, as JSON or as a stream.
 *
 * @throws {ApiError} for whatever is wrong with the request itself
 */
export async function generate(incoming: GenerateRequest, services: Services): Promise<Response> {
  const { fault, signal, connection, onAbort } = incoming
  const startedAt = services.now()
  const id = `gen-${Math.floor(startedAt / 1000)}-${randomUUID().replaceAll('-', '').slice(0, 20)}`
  const headers = { 'X-Generation-Id': id }
  const error = errorOf(fault, startedAt)
  const streams = isStreamed(incoming.request, fault)
  const record = (generation: Generation): Generation => {
    const { key, referer } = incoming
    const billed = isBilled(fault)
    services.accounts.record({ generation, key, startedAt, streamed: streams, referer, billed })
    return generation
  }

  if (fault.silence === true || (error !== undefined && fault.inBand !== true)) {
    record(withoutImages(startOf(incoming.request, fault, id, startedAt), error))
    // Silence ends only when the client goes away; nobody reads what follows.
    await delay(fault.silence === true ? Infinity : (fault.latencyMs ?? 0), signal)
    return errorResponse(error ?? new ApiError(408), headers)
  }

  const loaded = await load(incoming.request, services.fetchImage)
  const start = startOf(sizedLike(incoming.request, loaded), fault, id, startedAt)
  const work = async (): Promise<Generation> => {
    if (failsAtOnce(fault)) return record(withoutImages(start, error, loaded.inputs))
    const [images] = await Promise.all([
      generateImages(start.request, fault, loaded, services.studio),
      delay(fault.latencyMs ?? services.latencyMs, signal),
    ])
    const cost = bill(start.request, images.length, loaded.inputs)
    return record({ ...start, images: images.slice(0, fault.afterImages), bill: cost, error })
  }

  const common = { headers, fault, connection, onAbort }
  if (streams) {
    // Begun at once: what the client or a cut does to the stream doesn't stop the work, nor its bill.
    const pending = work()
    pending.catch(() => undefined) // the stream reports it, if it gets that far
    return deliver({
      ...common,
      contentType: 'text/event-stream',
      pieces: streamOf(start, pending, services),
    })
  }
  const pieces = bodyOf(await work())
  return deliver({ ...common, contentType: 'application/json', pieces })
}

function isStreamed({ stream: isWanted, api, model }: ParsedRequest, { streams }: Fault): boolean {
  return isWanted && (streams ?? (api === 'completions' || model.supports_streaming))
}

function startOf(request: ParsedRequest, fault: Fault, id: string, startedAt: number): StartedGeneration {
  const text = fault.text ?? (request.wantsText ? 'Here is your image.' : null)
  return { id, created: Math.floor(startedAt / 1000), request, text, fault }
}

/** A generation that failed. If it is billed all the same, it costs what its images would have cost. */
function withoutImages(
  start: StartedGeneration,
  error: ApiError | undefined,
  inputs: readonly InputImage[] = [],
): Generation {
  const { request, fault } = start
  const count = fault.images ?? (request.wantsImage ? request.count : 0)
  return { ...start, images: [], bill: bill(request, count, inputs), error }
}

async function load(
  { inputs, references }: ParsedRequest,
  fetchImage: typeof fetch,
): Promise<{ readonly inputs: readonly InputImage[]; readonly references: readonly InputImage[] }> {
  const all = (urls: readonly string[]): Promise<InputImage[]> =>
    Promise.all(urls.map((url) => loadInput(url, fetchImage)))
  return { inputs: await all(inputs), references: await all(references) }
}

/** With super resolution the image keeps the size of what is sharpened. */
function sizedLike(request: ParsedRequest, { inputs: [first], references }: LoadedImages): ParsedRequest {
  if (references.length === 0 || first === undefined) return request
  return { ...request, width: first.width, height: first.height }
}
