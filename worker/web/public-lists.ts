import { OPENROUTER_BASE_URL } from '../../shared/openrouter/client.ts'

export interface ListInit {
  readonly headers: Record<string, string>
  readonly signal: AbortSignal
}

type ListFetch = (url: string, init: ListInit) => Promise<Response>

interface ListsHost {
  readonly baseUrl: string
  readonly apiKey: string
}

/**
 * `fetch` for the lists of models. OpenRouter's are public, so the key isn't sent there: strangers who ask for lists
 * must not use up what the key may do. Another host gets the key after it has responded with 401 or 403.
 */
export function createListFetch({ baseUrl, apiKey }: ListsHost, send: ListFetch): ListFetch {
  let wantsKey = false
  return async (url, init) => {
    if (!wantsKey) {
      const response = await send(url, init)
      if (baseUrl === OPENROUTER_BASE_URL || (response.status !== 401 && response.status !== 403))
        return response
      await response.body?.cancel()
      wantsKey = true
    }
    return send(url, { ...init, headers: { ...init.headers, Authorization: `Bearer ${apiKey}` } })
  }
}
