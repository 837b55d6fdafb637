import { EaselError } from '../../shared/errors.ts'
import type { Access } from '../access/access.ts'
import type { AccessMode } from '../settings.ts'

/**
 * The request as its key is to be understood. OpenRouter's clients always send one: where anybody may generate, a
 * key that isn't ours says nothing, and elsewhere it is a 401, as at OpenRouter. Without the body.
 *
 * @throws {EaselError} `unauthorized`
 */
export async function withKnownKey(request: Request, access: Access, mode: AccessMode): Promise<Request> {
  const headers = new Headers(request.headers)
  const bare = new Request(request.url, { method: request.method, headers })
  try {
    await access.hasToken(bare)
    return bare
  } catch (error) {
    if (!(error instanceof EaselError)) throw error
    if (mode !== 'open') throw new EaselError('unauthorized', `${error.message} The key is an Easel token.`)
    headers.delete('Authorization')
    return new Request(request.url, { method: request.method, headers })
  }
}
