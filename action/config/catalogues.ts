import { type Catalogue, createCatalogue } from '../../shared/catalogue/catalogue.ts'
import { OPENROUTER_BASE_URL } from '../../shared/openrouter/http.ts'

/** Where the API is, and the key for it. */
export interface Upstream {
  readonly apiKey: string | undefined
  /** Without a trailing slash. */
  readonly baseUrl: string
}

/** The live model list. Falls back to the snapshot when the list can’t be fetched. */
export function onlineCatalogue({ apiKey, baseUrl }: Upstream): Catalogue {
  return createCatalogue({
    fetch,
    baseUrl,
    // OpenRouter's lists are public; a Worker's may not be.
    ...(apiKey !== undefined && baseUrl !== OPENROUTER_BASE_URL && { apiKey }),
    now: Date.now,
  })
}

/** Only the snapshot. Sends no request. */
export function offlineCatalogue(): Catalogue {
  return createCatalogue({
    fetch: () => Promise.reject(new Error('offline by choice')),
    baseUrl: OPENROUTER_BASE_URL,
    now: Date.now,
  })
}
