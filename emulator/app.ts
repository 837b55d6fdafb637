import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import type { Context } from 'hono'
import type { Bills } from './accounts.ts'
import { createAccounts, requireKey } from './accounts.ts'
import { findModel, imageModelEndpoints, imageModelsList, modelsList } from './catalogue.ts'
import { createControls } from './controls.ts'
import { delay } from './delay.ts'
import { ApiError, errorResponse } from './errors.ts'
import { errorOf } from './fault-error.ts'
import { createFaultList, withoutFault } from './fault-list.ts'
import type { Fault } from './faults.ts'
import type { Services } from './generate.ts'
import { generate } from './generate.ts'
import { illustrate } from './illustrator/illustrate.ts'
import type { Journal, JournalEntry, Lookup } from './journal.ts'
import { bodyForJournal, createJournal, readBody } from './journal.ts'
import type { ParsedRequest } from './parsed-request.ts'
import { plainImage } from './illustrator/plain-image.ts'
import { createStudio } from './studio.ts'
import { readChatRequest } from './wire/chat-request.ts'
import { readImagesRequest } from './wire/images-request.ts'

export interface EmulatorOptions {
  /** Milliseconds that every generation takes at least. Default 0. */
  readonly latencyMs?: number
  /** What goes wrong, until replaced. Default: nothing. */
  readonly faults?: readonly Fault[]
  /** Milliseconds between keep-alive comments in streams. Default 1000. */
  readonly keepAliveMs?: number
  /** Images of one colour, in a tenth of the time, unless they are GIFs. Default: illustrations. */
  readonly plainImages?: boolean
  /** Downloads input images given as links. Default: the global `fetch`. */
  readonly fetch?: typeof fetch
  /** Milliseconds since the epoch. Default: the clock. */
  readonly now?: () => number
}

/** The emulator as a Hono app, with its controls for tests in the same process. */
export type Emulator = Hono<Env> & {
  /** The journal of requests for images: live, oldest first. */
  readonly requests: readonly JournalEntry[]
  /** The journal of `GET /generation`: live, oldest first. */
  readonly lookups: readonly Lookup[]
  /** Empties both journals. */
  clearRequests(): void
  /** Every generation so far and what it cost. */
  bills(): Bills
  setFaults(faults: readonly Fault[]): void
}

type Env = {
  Bindings: Partial<HttpBindings>
  Variables: { note: ReturnType<Journal['open']>; text: string }
}

const BASE = '/api/v1'

/**
 * OpenRouter's image API, offline. Serves the paths of the documentation under `/api/v1`, and under `/emulator`
 * the journals (`GET`, `DELETE /emulator/requests`, `GET /emulator/lookups`), the bills (`GET /emulator/bills`) and
 * the faults (`GET`, `POST`, `DELETE /emulator/faults`).
 */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
  const now = options.now ?? Date.now
  const journal = createJournal(now)
  const faults = createFaultList(options.faults)
  const services: Services = {
    studio: createStudio(options.plainImages === true ? plainImage : illustrate),
    accounts: createAccounts(now),
    now,
    latencyMs: options.latencyMs ?? 0,
    keepAliveMs: options.keepAliveMs ?? 1000,
    fetchImage: options.fetch ?? fetch,
  }
  const app = new Hono<Env>()

  app.use(`${BASE}/*`, async (c, next) => {
    if (c.req.method !== 'POST') return next()
    const text = await readBody(c.req.raw)
    const note = journal.open(c.req.raw, bodyForJournal(text))
    c.set('note', note)
    c.set('text', text)
    await next()
    return note({ status: c.res.status })
  })
  app.use(`${BASE}/generation`, async (c, next) => {
    await next()
    journal.addLookup(c.req.query('id') ?? '', c.res.status)
  })
  app.use(`${BASE}/*`, async (c, next) => {
    if (c.req.method === 'POST') return next() // those look at the prompt first
    const fault = faults.take({ path: c.req.path }) ?? {}
    await delay(fault.silence === true ? Infinity : (fault.latencyMs ?? 0), c.req.raw.signal)
    const error = errorOf(fault, now())
    if (error !== undefined) throw error
    return next()
  })

  const route = (parse: (text: string) => ParsedRequest) => async (c: Context<Env>) => {
    const key = requireKey(c.req.raw)
    const request = parse(c.var.text)
    const fault = faults.take({ path: c.req.path, prompt: request.prompt }) ?? {}
    const onAbort = (): void => c.var.note({ aborted: true })
    const { signal } = c.req.raw
    signal.addEventListener('abort', onAbort, { once: true })
    return generate(
      {
        request: { ...request, prompt: withoutFault(request.prompt) },
        fault,
        key,
        referer: c.req.header('http-referer') ?? null,
        signal,
        connection: c.env?.outgoing, // `env` is absent in `app.request()`
        onAbort,
      },
      services,
    )
  }
  app.post(`${BASE}/chat/completions`, route(readChatRequest))
  app.post(`${BASE}/images`, route(readImagesRequest))

  app.get(`${BASE}/models`, (c) => c.json(modelsList(c.req.query('output_modalities'))))
  app.get(`${BASE}/images/models`, (c) => c.json(imageModelsList()))
  app.get(`${BASE}/images/models/:author/:slug/endpoints`, (c) => {
    const model = findModel(`${c.req.param('author')}/${c.req.param('slug')}`)
    if (model === undefined) throw new ApiError(404)
    return c.json(imageModelEndpoints(model))
  })
  app.get(`${BASE}/key`, (c) => c.json(services.accounts.key(requireKey(c.req.raw))))
  app.get(`${BASE}/generation`, (c) => {
    requireKey(c.req.raw)
    const id = c.req.query('id') ?? ''
    if (id === '') throw new ApiError(400, { message: 'id: required' })
    return c.json(services.accounts.lookUp(id))
  })

  app.route('/emulator', createControls(journal, faults, services.accounts))

  app.notFound(() => errorResponse(new ApiError(404)))
  app.onError((error) => {
    if (error instanceof ApiError) return errorResponse(error)
    console.error(error)
    return errorResponse(new ApiError(500))
  })

  return Object.assign(app, {
    requests: journal.entries,
    lookups: journal.lookups,
    bills: () => services.accounts.bills(),
    clearRequests: () => journal.clear(),
    setFaults: (list: readonly Fault[]) => faults.replace(list),
  })
}
