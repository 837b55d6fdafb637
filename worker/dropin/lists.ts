import { EaselError } from '../../shared/errors.ts'
import type { FetchList } from '../routes/ports.ts'
import { notFound } from '../web/not-found.ts'

/** Seconds that a client may keep a list of models. */
const MAX_AGE_SECONDS = 300

/**
 * One of OpenRouter's lists, unchanged.
 *
 * @throws {EaselError} `not_found`, or `upstream_failed` when OpenRouter doesn't give it
 */
export async function listResponse(path: string, fetchList: FetchList): Promise<Response> {
  const response = await fetchList(path).catch((cause: unknown) => {
    throw new EaselError('upstream_failed', 'OpenRouter can’t be reached. Try again in a moment.', { cause })
  })
  if (response.ok) {
    return new Response(response.body, {
      headers: {
        'Content-Type': response.headers.get('Content-Type') ?? 'application/json',
        'Cache-Control': `public, max-age=${MAX_AGE_SECONDS}`,
      },
    })
  }
  await response.body?.cancel()
  if (response.status === 404) throw notFound('OpenRouter has no such image model.')
  throw new EaselError('upstream_failed', `OpenRouter returned ${response.status}. Try again in a moment.`)
}

/** The query of the general list, restricted to image models. */
export function imageModelsQuery(search: string): string {
  const query = new URLSearchParams(search)
  query.set('output_modalities', 'image')
  return query.toString()
}
