import type { Context } from 'hono'
import { EaselError, InvalidSpecError } from '../../shared/errors.ts'
import { specIssue } from '../../shared/spec/spec-issue.ts'
import type { Fingerprint } from '../../shared/fingerprint.ts'
import { type Access, asksForRefresh, type Caller } from '../access/access.ts'
import type { Generated, Jobs, OnPreview } from '../job/jobs.ts'
import type { GenerateRequest, SpecToGenerate } from '../job/price-request.ts'
import { assertPreconditions, type Validators } from './preconditions.ts'
import { type AppEnv, type CacheOutcome, timed } from '../web/trace.ts'

/** An image by what it shows. */
export type Requested = SpecToGenerate & { readonly fingerprint: Fingerprint }

export interface FindOrGenerate<T> {
  readonly requested: Requested
  /** Finds the image, or what was just generated. `undefined` when there is none. */
  readonly find: (cache: CacheOutcome, generated?: Generated) => Promise<T | undefined>
  /** USD: what generating it had cost. Absent where `find` itself says so in the trace. */
  readonly costUsd?: (found: T) => number | undefined
  /** The image that `find` will want the bytes of. */
  readonly index?: number | undefined
  /** Called before anything is generated: what is refused here costs nothing. */
  readonly beforeGenerating?: () => void | Promise<void>
  /** Who asks, where that was decided before the body was read. */
  readonly caller?: Caller
  /** The cached image, for the preconditions of a request that replaces it. */
  readonly current?: () => Promise<Validators | undefined>
}

export interface Flow {
  /** The image, generated where it isn't cached. @throws {EaselError} when it may not, or can't, be generated */
  findOrGenerate<T>(c: Context<AppEnv>, wanted: FindOrGenerate<T>): Promise<T>
  /** The same, but what isn't cached is generated in the background: then the priced request for it. */
  findOrSubmit<T>(c: Context<AppEnv>, wanted: FindOrGenerate<T>): Promise<{ readonly found: T } | Submitted>
}

export interface Submitted {
  readonly cache: 'miss' | 'collapsed'
  /** Joins the generation and waits for its end; tells of the previews until then, where the model streams any. */
  readonly finished: (onPreview?: OnPreview) => Promise<Generated>
}

/**
 * Cached? May generate? Preconditions, generate, find. The one flow of every route that serves images; the routes
 * themselves have checked who may view.
 */
export function createFlow({ access, jobs }: { readonly access: Access; readonly jobs: Jobs }): Flow {
  return { findOrGenerate, findOrSubmit }

  async function findOrGenerate<T>(c: Context<AppEnv>, wanted: FindOrGenerate<T>): Promise<T> {
    const cached = await findCached(c, wanted)
    if ('found' in cached) return cached.found
    const generated = await timed(c.get('trace'), 'generate', () =>
      jobs.generate(cached.missing, wanted.index),
    )
    c.get('trace').cache = generated.cache
    const found = await wanted.find(generated.cache, generated)
    if (found !== undefined) return found
    throw new EaselError('purged', 'The image was purged just after it was generated. Request it again.')
  }

  async function findOrSubmit<T>(
    c: Context<AppEnv>,
    wanted: FindOrGenerate<T>,
  ): Promise<{ readonly found: T } | Submitted> {
    const cached = await findCached(c, wanted)
    if ('found' in cached) return cached
    const { missing } = cached
    const cache = await timed(c.get('trace'), 'submit', () => jobs.submit(missing))
    c.get('trace').cache = cache
    return {
      cache,
      finished: (onPreview) => jobs.generate({ ...missing, refresh: false }, wanted.index, onPreview),
    }
  }

  async function findCached<T>(
    c: Context<AppEnv>,
    { requested, find, costUsd, beforeGenerating, caller: known, current }: FindOrGenerate<T>,
  ): Promise<{ readonly found: T } | { readonly missing: GenerateRequest }> {
    const trace = c.get('trace')
    const request = c.req.raw
    trace.fingerprint = requested.fingerprint
    const refresh = known
      ? known.kind === 'token' && asksForRefresh(request)
      : await access.wantsRefresh(request)
    const lookedAt = Date.now()
    const found = refresh ? undefined : await timed(trace, 'read', () => find('hit'))
    if (found !== undefined) {
      trace.cache = 'hit'
      if (costUsd) trace.savedUsd = costUsd(found)
      return { found }
    }
    const caller = known ?? (await access.toGenerate(request, requested.fingerprint))
    assertNoPlugin(requested)
    assertPreconditions(request.headers, refresh ? await current?.() : undefined)
    await beforeGenerating?.()
    return { missing: { ...requested, caller, refresh, lookedAt } }
  }
}

/**
 * OpenRouter searches the web for a model with `:online`, and bills that on top of the price in the catalogue.
 *
 * @throws {InvalidSpecError}
 */
function assertNoPlugin({ spec }: Requested): void {
  const model = (spec.models ?? [spec.model]).find((name) => name.endsWith(':online'))
  if (model === undefined) return
  const detail = `model is "${model}", and :online runs a plugin, which Easel doesn’t: leave it out.`
  throw new InvalidSpecError([specIssue(['model'], detail)])
}
