import type { Catalogue } from '../../shared/catalogue/catalogue.ts'
import { keepFresh } from '../../shared/catalogue/keep-fresh.ts'
import { EaselError } from '../../shared/errors.ts'
import type { FetchList } from '../routes/ports.ts'
import { notFound } from '../web/not-found.ts'

const HOUR_MS = 3_600_000
const RETRY_MS = 10_000
const TIMEOUT_MS = 5000

/** Seconds that a client may cache a list of models. */
const MAX_AGE_SECONDS = 300

/** OpenRouter's lists of image models, unchanged, each fetched at most once an hour. */
export interface Lists {
  /** The models of the chat API. */
  chat(): Promise<Response>
  /** The models of the images API. */
  images(): Promise<Response>
  /** The endpoints of a model. @throws {EaselError} `model_not_found`, `not_found` */
  endpoints(model: string): Promise<Response>
}

export function createLists(fetchList: FetchList, catalogue: Pick<Catalogue, 'model'>): Lists {
  /** By path. Paths are those of listed models only, so strangers can't add any. */
  const lists = new Map<string, () => Promise<string | undefined>>()

  return {
    chat: () => list('/models?output_modalities=image'),
    images: () => list('/images/models'),
    async endpoints(id) {
      const { model } = await catalogue.model(id)
      if (model.unlisted) throw unreachable()
      if (!model.apis.images) throw notFound(`OpenRouter lists ${model.id} on its chat API only.`)
      return list(`/images/models/${model.id.split('/').map(encodeURIComponent).join('/')}/endpoints`)
    },
  }

  /** @throws {EaselError} `upstream_failed` when it could never be fetched */
  async function list(path: string): Promise<Response> {
    let read = lists.get(path)
    if (!read) {
      const options = { ttlMs: HOUR_MS, retryMs: RETRY_MS, timeoutMs: TIMEOUT_MS, now: Date.now }
      read = keepFresh((signal) => fetchText(path, signal), { ...options, onFailure: console.error })
      lists.set(path, read)
    }
    const json = await read()
    if (json === undefined) throw unreachable()
    return new Response(json, {
      headers: {
        'Content-Type': 'application/json',
        'Cache-Control': `public, max-age=${MAX_AGE_SECONDS}`,
      },
    })
  }

  async function fetchText(path: string, signal: AbortSignal): Promise<string> {
    const response = await fetchList(path, signal)
    if (response.ok) return response.text()
    await response.body?.cancel()
    throw new EaselError('upstream_failed', `GET ${path} returned ${response.status}.`)
  }
}

function unreachable(): EaselError {
  return new EaselError(
    'upstream_failed',
    'OpenRouter’s list of models can’t be fetched. Retry in a moment.',
    {
      extras: { retryAfterSeconds: RETRY_MS / 1000 },
    },
  )
}
