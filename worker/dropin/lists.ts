import { EaselError } from '../../shared/errors.ts'
import { notFound } from '../routes/ports.ts'

/** Gets one of OpenRouter's public lists, by its path below the base URL. */
export type ReadList = (path: string) => Promise<Response>

/** Seconds that a client may keep a list of models. */
const MAX_AGE_SECONDS = 300

/**
 * A list of OpenRouter's, as it is.
 *
 * @throws {EaselError} `not_found`, or `upstream_failed` when it can't be had
 */
export async function listResponse(path: string, readList: ReadList): Promise<Response> {
  const response = await readList(path).catch((cause: unknown) => {
    throw new EaselError('upstream_failed', 'OpenRouter can’t be reached. Ask again in a moment.', { cause })
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
  if (response.status === 404) throw notFound('OpenRouter knows no such image model.')
  throw new EaselError('upstream_failed', `OpenRouter answered ${response.status}. Ask again in a moment.`)
}

/** The general list's query, of the models that generate: Easel has no use for others. */
export function imageModelsQuery(search: string): string {
  const query = new URLSearchParams(search)
  query.set('output_modalities', 'image')
  return query.toString()
}
