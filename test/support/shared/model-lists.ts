import { createCatalogue } from '../../../shared/catalogue/catalogue.ts'
import type { Snapshot } from '../../../shared/catalogue/model.ts'

export const BASE_URL = 'https://openrouter.test/api/v1'

type Body = Record<string, unknown>

/** An entry of `GET /images/models`. */
export function imagesItem(id: string, more: Body = {}): Body {
  return {
    id,
    name: id,
    description: '',
    created: 1_700_000_000,
    architecture: { input_modalities: ['text', 'image'], output_modalities: ['image'] },
    supported_parameters: { n: { type: 'range', min: 1, max: 1 } },
    supports_streaming: false,
    endpoints: `/api/v1/images/models/${id}/endpoints`,
    ...more,
  }
}

/** An entry of `GET /models`. */
export function chatItem(id: string, more: Body = {}): Body {
  return { ...imagesItem(id), supported_parameters: ['seed', 'max_tokens'], ...more }
}

/** A record of a model's endpoints. */
export function endpointItem(slug: string, more: Body = {}): Body {
  return {
    provider_name: slug,
    provider_slug: slug,
    provider_tag: slug,
    supported_parameters: {},
    allowed_passthrough_parameters: [],
    supports_streaming: false,
    pricing: [{ billable: 'output_image', unit: 'image', cost_usd: 0.04 }],
    ...more,
  }
}

const A_SNAPSHOT: Snapshot = {
  date: '2026-01-02',
  models: [
    {
      id: 'old/model',
      name: 'Old',
      created: 1,
      input_modalities: ['text'],
      output_modalities: ['image'],
      supported_parameters: {},
      supports_streaming: false,
      apis: { chat: true, images: true },
      endpoints: [],
    },
  ],
}

/**
 * A catalogue in front of lists that a test can change, with a clock that the test sets. `responses` maps paths under
 * the base URL to bodies, or to functions that respond; any other path is a 404.
 */
export function startCatalogue(
  responses: Record<string, Body | (() => Promise<Response>)>,
  options: { readonly apiKey?: string; readonly snapshot?: Snapshot; readonly timeoutMs?: number } = {},
) {
  const requests: { path: string; headers: Record<string, string> }[] = []
  const failures: unknown[] = []
  const clock = { ms: 1_000_000 }
  const catalogue = createCatalogue({
    async fetch(url, { headers, signal }) {
      if (!url.startsWith(BASE_URL)) throw new TypeError(`not under the base URL: ${url}`)
      const path = url.slice(BASE_URL.length)
      requests.push({ path, headers })
      const response = responses[path]
      if (response === undefined)
        return Response.json({ error: { code: 404, message: path } }, { status: 404 })
      if (typeof response !== 'function') return Response.json(response)
      const aborted = new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('timed out')))
      })
      return Promise.race([response(), aborted])
    },
    baseUrl: `${BASE_URL}/`,
    now: () => clock.ms,
    snapshot: A_SNAPSHOT,
    onFailure: (error) => failures.push(error),
    ...options,
  })
  const requestsTo = (path: string) => requests.filter((request) => request.path === path).length
  return { catalogue, responses, requests, failures, clock, requestsTo }
}

export const IMAGES = '/images/models'
export const CHAT = '/models?output_modalities=image'
export const endpointsPath = (id: string): string => `/images/models/${id}/endpoints`
