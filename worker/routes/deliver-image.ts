import type { Context } from 'hono'
import { InvalidSpecError } from '../../shared/errors.ts'
import { specIssue } from '../../shared/spec/spec-issue.ts'
import type { Fingerprint } from '../../shared/fingerprint.ts'
import type { ImageSpec } from '../../shared/spec/schema.ts'
import { isSigned } from '../../shared/url-signature.ts'
import { isConditional } from '../delivery/conditions.ts'
import { deliver } from '../delivery/deliver.ts'
import type { DeliveryParameters } from '../delivery/parameters.ts'
import type { SpecToGenerate } from '../job/jobs.ts'
import { createGalleryOfOne, type Gallery } from '../gallery/gallery.ts'
import { type HeaderFields, originalPin } from '../gallery/image-headers.ts'
import { type Failure, toError } from '../job/failure.ts'
import { isNothing, NOTHING, wishOf } from '../gallery/variant.ts'
import {
  type AppEnv,
  type AppPorts,
  CACHE_STATUS,
  type CacheOutcome,
  notFound,
  serverTiming,
  timed,
  wantsRefresh,
} from './ports.ts'

/** The bytes under an address that names them never change. */
const CACHE_CONTROL_PINNED = 'public, max-age=31536000, immutable'

/** Having it generated tries again, and fails with the same words. */
const ignoreFailure = (): void => {}

/** What `GET` of an image answers with. */
export interface ImageAnswers {
  /** The response for an image that is kept, if it is. */
  show(
    c: Context<AppEnv>,
    fingerprint: Fingerprint,
    delivery: DeliveryParameters,
    outcome: CacheOutcome,
  ): Promise<Response | undefined>
  /**
   * The same as a hit, also of one that has been sent to somebody and is only being stored: when it is.
   *
   * @param onUnstored  is told when R2 does not take it
   */
  showKept(
    c: Context<AppEnv>,
    fingerprint: Fingerprint,
    delivery: DeliveryParameters,
    onUnstored?: (failure: Failure) => void,
  ): Promise<Response | undefined>
  /**
   * The response for an image, which is generated where it isn't kept.
   *
   * @throws {EaselError} when it may not, or cannot, be generated
   */
  showOrGenerate(
    c: Context<AppEnv>,
    wanted: SpecToGenerate & { readonly fingerprint: Fingerprint },
    delivery: DeliveryParameters,
  ): Promise<Response>
}

export function createImageAnswers({ access, generate, gallery, settings }: AppPorts): ImageAnswers {
  return { show, showKept, showOrGenerate }

  async function showOrGenerate(
    c: Context<AppEnv>,
    wanted: SpecToGenerate & { readonly fingerprint: Fingerprint },
    delivery: DeliveryParameters,
  ): Promise<Response> {
    const { spec, fingerprint } = wanted
    c.get('trace').fingerprint = fingerprint
    await access.toView(c.req.raw)

    const refresh = await wantsRefresh(c.req.raw, access)
    const kept = refresh ? undefined : await showKept(c, fingerprint, delivery, ignoreFailure)
    if (kept) return kept
    if (c.req.method === 'HEAD') throw notFound('This image has not been generated yet: GET generates it.')

    await assertIndex(fingerprint, spec, delivery)
    const request = { ...wanted, caller: await access.toGenerate(c.req.raw, fingerprint), refresh }
    // Generated anew, it is shown only when no cache shows the old one any more.
    const isWantedAtOnce = !refresh && isPlain(c.req.raw.headers, delivery)
    const { cache, image } = await timed(c.get('trace'), 'generate', () =>
      generate.generateToShow(request, isWantedAtOnce ? (delivery.index ?? 0) : undefined),
    )
    if (refresh) await gallery.forget(fingerprint)
    const generated = await show(c, fingerprint, delivery, cache, image && createGalleryOfOne(image))
    if (generated) return generated
    if (delivery.index)
      throw notFound(`The model generated fewer images: there is none with index ${delivery.index}.`)
    throw new Error('an image was stored and is gone')
  }

  async function showKept(
    c: Context<AppEnv>,
    fingerprint: Fingerprint,
    delivery: DeliveryParameters,
    onUnstored: (failure: Failure) => void = throwFailure,
  ): Promise<Response | undefined> {
    const kept = await show(c, fingerprint, delivery, 'hit')
    if (kept) return kept
    const arrived = await generate.arrival(fingerprint)
    if (arrived?.ok) return show(c, fingerprint, delivery, 'hit')
    if (arrived) onUnstored(arrived.failure)
    return undefined
  }

  async function show(
    c: Context<AppEnv>,
    fingerprint: Fingerprint,
    delivery: DeliveryParameters,
    outcome: CacheOutcome,
    from: Gallery = gallery,
  ): Promise<Response | undefined> {
    const trace = c.get('trace')
    const request = c.req.raw
    const wanted = {
      fingerprint,
      index: delivery.index ?? 0,
      wish: wishOf(delivery, request.headers),
    }
    const response = await timed(trace, 'read', () =>
      deliver(request, from, wanted, {
        elsewhere: (headers) => elsewhere(c.req.path, request.url, headers, delivery.pin),
        finish(headers) {
          headers['cache-status'] = CACHE_STATUS[outcome]
          // What this request cost: only the one that had the image generated paid.
          if (outcome !== 'miss') headers['x-easel-cost-usd'] = '0'
          if (delivery.format === 'auto') headers['vary'] = 'Accept'
          decideCaching(headers, delivery)
          headers['server-timing'] = serverTiming(trace)
          trace.hasAllHeaders = true
        },
      }),
    )
    if (response) trace.cache = outcome
    return response
  }

  function decideCaching(headers: HeaderFields, { pin }: DeliveryParameters): void {
    const isMadeDo = headers['x-easel-variant']?.startsWith('original')
    if (pin !== undefined && !isMadeDo) headers['cache-control'] = CACHE_CONTROL_PINNED
    // Only who may see it may keep it.
    if (settings.access === 'private') {
      headers['cache-control'] = headers['cache-control']?.replace('public', 'private') ?? 'private'
    }
  }

  /** An image that isn't there, although others of its generation are, is not worth another generation. */
  async function assertIndex(
    fingerprint: Fingerprint,
    { n = 1 }: ImageSpec,
    { index = 0 }: DeliveryParameters,
  ): Promise<void> {
    if (index === 0) return
    if (await gallery.head({ fingerprint, index: 0, wish: NOTHING })) {
      throw notFound(`There is no image with index ${index}: the model generated fewer.`)
    }
    if (index < n) return
    const detail = `index is ${index}, but n is ${n}: the images have the indexes 0 to ${n - 1}.`
    throw new InvalidSpecError([specIssue(['index'], detail)])
  }
}

function throwFailure(failure: Failure): never {
  throw toError(failure)
}

/** Whether all of an image is wanted, as it was generated. */
function isPlain(headers: Headers, delivery: DeliveryParameters): boolean {
  return isNothing(wishOf(delivery, headers)) && !isConditional(headers)
}

/** Where an image should have been asked for, when its type or its bytes are others than the address says. */
function elsewhere(
  path: string,
  address: string,
  headers: HeaderFields,
  pin: string | undefined,
): string | undefined {
  const isByFingerprint = path.startsWith('/i/')
  if (!isByFingerprint && pin === undefined) return undefined
  const [right = path] = (headers['content-location'] ?? '').split('?')
  const isMisnamed = isByFingerprint && path !== right
  if (!isMisnamed && (pin === undefined || pin === originalPin(headers))) return undefined
  const url = new URL(address)
  // Of a signed address nothing may be changed: it is served as if it had no pin.
  const isOutdated = pin !== undefined && pin !== originalPin(headers) && !isSigned(url)
  if (!isMisnamed && !isOutdated) return undefined
  if (isMisnamed) url.searchParams.delete('index')
  if (isOutdated) url.searchParams.set('v', originalPin(headers))
  return (isMisnamed ? right : path) + url.search
}
