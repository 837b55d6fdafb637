import type { Context } from 'hono'
import { EaselError } from '../../shared/errors.ts'
import type { Fingerprint } from '../../shared/fingerprint.ts'
import type { Caller } from '../access/access.ts'
import type { Manifest } from '../gallery/manifest.ts'
import type { Generated, OnPreview } from '../job/jobs.ts'
import { createFlow, type FindOrGenerate } from '../routes/find-or-generate.ts'
import type { AppPorts } from '../routes/ports.ts'
import { type AppEnv, CACHE_STATUS, type CacheOutcome } from '../web/trace.ts'
import { withKnownKey } from './credentials.ts'
import type { ParsedRequest } from './request/read-request.ts'
import { respondLater, respondWith } from './response/respond.ts'
import type { Result, Wire } from './response/wire.ts'

/** What other services' APIs have in common: a key that may be anybody's, and images in a format of their own. */
export interface Responder {
  /** Who asks for an image by POST. @throws {EaselError} before the body is read */
  toPost(c: Context<AppEnv>): Promise<Caller>
  /** The request with its key as it is to be understood. @throws {EaselError} `unauthorized` */
  knownKey(c: Context<AppEnv>): Promise<Request>
  /** The image, generated where it isn't cached, in the format of the request. @throws {EaselError} */
  respond(c: Context<AppEnv>, caller: Caller, parsed: ParsedRequest, wire: Wire): Promise<Response>
}

interface Found {
  readonly result: Result
  readonly cache: CacheOutcome
}

export function createResponder(ports: AppPorts): Responder {
  const { access, settings, store } = ports
  const { findOrGenerate, findOrSubmit } = createFlow(ports)
  return { toPost: async (c) => access.toPost(await knownKey(c)), knownKey, respond }

  function knownKey(c: Context<AppEnv>): Promise<Request> {
    return withKnownKey(c.req.raw, access, settings.access)
  }

  async function respond(
    c: Context<AppEnv>,
    caller: Caller,
    parsed: ParsedRequest,
    wire: Wire,
  ): Promise<Response> {
    const { fingerprint, what, stream } = parsed
    const wanted: FindOrGenerate<Found> = {
      requested: { ...what, fingerprint },
      caller,
      index: 0,
      find: (cache, generated) => find(fingerprint, cache, generated),
      costUsd: ({ result }) => result.manifest.cost_usd,
    }
    if (!stream) {
      const { result, cache } = await findOrGenerate(c, wanted)
      return withCacheStatus(respondWith(result, parsed, wire), cache)
    }
    // What is refused is refused with a status, before the stream begins.
    const outcome = await findOrSubmit(c, wanted)
    if ('found' in outcome) return withCacheStatus(respondWith(outcome.found.result, parsed, wire), 'hit')
    const { cache, finished } = outcome
    const generate = async (onPreview?: OnPreview) => {
      const found = await find(fingerprint, cache, await finished(onPreview))
      if (found) return found.result
      throw new EaselError('purged', 'The image was purged just after it was generated. Request it again.')
    }
    return withCacheStatus(respondLater(generate, parsed, wire), cache)
  }

  async function find(
    fingerprint: Fingerprint,
    cache: CacheOutcome,
    generated?: Generated,
  ): Promise<Found | undefined> {
    const complete = generated?.manifest ? undefined : await store.complete(fingerprint)
    const manifest = generated?.manifest ?? complete?.manifest
    return (
      manifest && {
        cache,
        result: resultOf(manifest, cache, generated?.image?.bytes ?? complete?.first.body),
      }
    )
  }

  function resultOf(
    manifest: Manifest,
    cache: CacheOutcome,
    first: ReadableStream<Uint8Array> | ArrayBuffer | undefined,
  ): Result {
    return {
      manifest,
      costUsd: cache === 'miss' ? manifest.cost_usd : 0,
      async image(index) {
        if (index === 0 && first) return first
        const image = await store.get(manifest.fingerprint, index)
        if (image) return image.body
        throw new EaselError('purged', 'The image was purged while it was sent.')
      },
    }
  }
}

function withCacheStatus(response: Response, cache: CacheOutcome): Response {
  response.headers.set('Cache-Status', CACHE_STATUS[cache])
  return response
}
