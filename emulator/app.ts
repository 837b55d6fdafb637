import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import type { Context } from 'hono'
import * as z from 'zod'
import { createAccounts, requireKey } from './accounts.ts'
import { findModel, imageModelEndpoints, imageModelsList, modelsList } from './catalogue.ts'
import { ApiError, errorResponse } from './errors.ts'
import type { Fault } from './faults.ts'
import { createFaultList, faultSchema, withoutFault } from './faults.ts'
import type { Workshop } from './generate.ts'
import { generate } from './generate.ts'
import type { JournalEntry } from './journal.ts'
import { bodyForJournal, createJournal, readBody } from './journal.ts'
import type { Order } from './parsed-request.ts'
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
  /** Downloads input images given as links. Default: the global `fetch`. */
  readonly fetch?: typeof fetch
  /** Milliseconds since the epoch. Default: the clock. */
  readonly now?: () => number
}

/** The emulator as a Hono app, with its controls for tests in the same process. */
export type Emulator = Hono<Env> & {
  /** The journal: live, oldest first. */
  readonly requests: readonly JournalEntry[]
  clearRequests(): void
  setFaults(faults: readonly Fault[]): void
}

type Env = {
  Bindings: Partial<HttpBindings>
  Variables: { note: ReturnType<ReturnType<typeof createJournal>['open']>; text: string }
}

const BASE = '/api/v1'

/**
 * OpenRouter's image API, offline. Serves the paths of the documentation under `/api/v1`, and under `/emulator`
 * the journal (`GET`, `DELETE /emulator/requests`) and the faults (`GET`, `POST`, `DELETE /emulator/faults`).
 */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
  const now = options.now ?? Date.now
  const journal = createJournal(now)
  const faults = createFaultList(options.faults)
  const workshop: Workshop = {
    studio: createStudio(),
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
  app.use(`${BASE}/*`, async (c, next) => {
    if (c.req.method === 'POST') return next() // those look at the prompt first
    const fault = faults.take({ path: c.req.path })
    if (fault?.status !== undefined) throw new ApiError(fault.status, fault)
    return next()
  })

  const route = (read: (text: string) => Order) => async (c: Context<Env>) => {
    const key = requireKey(c.req.raw)
    const order = read(c.var.text)
    const fault = faults.take({ path: c.req.path, prompt: order.prompt }) ?? {}
    const onAbort = (): void => c.var.note({ aborted: true })
    const { signal } = c.req.raw
    signal.addEventListener('abort', onAbort, { once: true })
    return generate(
      {
        order: { ...order, prompt: withoutFault(order.prompt) },
        fault,
        key,
        referer: c.req.header('http-referer') ?? null,
        signal,
        connection: c.env?.outgoing, // `env` is absent in `app.request()`
        onAbort,
      },
      workshop,
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
  app.get(`${BASE}/key`, (c) => c.json(workshop.accounts.key(requireKey(c.req.raw))))
  app.get(`${BASE}/generation`, (c) => {
    requireKey(c.req.raw)
    const id = c.req.query('id') ?? ''
    if (id === '') throw new ApiError(400, { message: 'id: required' })
    return c.json(workshop.accounts.generation(id))
  })

  app.get('/emulator/requests', (c) => c.json(journal.entries))
  app.delete('/emulator/requests', (c) => {
    journal.clear()
    return c.body(null, 204)
  })
  app.get('/emulator/faults', (c) => c.json(faults.list()))
  app.post('/emulator/faults', async (c) => {
    const given: unknown = await c.req.json().catch(() => undefined)
    const list = z.array(faultSchema).safeParse(given)
    if (!list.success) return c.json({ error: z.prettifyError(list.error) }, 400)
    faults.replace(list.data)
    return c.json(faults.list())
  })
  app.delete('/emulator/faults', (c) => {
    faults.replace([])
    return c.body(null, 204)
  })

  app.notFound(() => errorResponse(new ApiError(404)))
  app.onError((error) => {
    if (error instanceof ApiError) return errorResponse(error)
    console.error(error)
    return errorResponse(new ApiError(500))
  })

  return Object.assign(app, {
    requests: journal.entries,
    clearRequests: () => journal.clear(),
    setFaults: (list: readonly Fault[]) => faults.replace(list),
  })
}
