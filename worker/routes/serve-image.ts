import type { Context } from 'hono'
import { InvalidSpecError } from '../../shared/errors.ts'
import { specIssue } from '../../shared/spec/spec-issue.ts'
import type { Fingerprint } from '../../shared/fingerprint.ts'
import { isSigned } from '../../shared/url-signature.ts'
import { isConditional } from '../delivery/conditions.ts'
import { deliver } from '../delivery/deliver.ts'
import type { DeliveryParameters } from '../../shared/delivery-parameters.ts'
import { requestedVariant } from '../delivery/requested-variant.ts'
import {
  type HeaderFields,
  imageHeaders,
  isFallback,
  originalPin,
  takeImageCost,
} from '../gallery/image-headers.ts'
import { isOriginal, ORIGINAL } from '../gallery/variant.ts'
import type { Generated } from '../job/jobs.ts'
import { notFound } from '../web/not-found.ts'
import { type AppEnv, CACHE_STATUS, type CacheOutcome, serverTiming } from '../web/trace.ts'
import { createFlow, type Requested } from './find-or-generate.ts'
import { hasPreconditions, type Validators, withoutPreconditions } from './preconditions.ts'
import type { AppPorts } from './ports.ts'

/** The bytes under a URL that pins them never change. */
const CACHE_CONTROL_PINNED = 'public, max-age=31536000, immutable'

/** How routes respond with an image. */
export interface ImageServer {
  /** The response for an image that is stored, or that was just generated; `undefined` when there is none. */
  serve(
    c: Context<AppEnv>,
    fingerprint: Fingerprint,
    delivery: DeliveryParameters,
    cache: CacheOutcome,
    generated?: Generated,
  ): Promise<Response | undefined>
  /** The response for an image, generated where it isn't cached. @throws {EaselError} */
  serveOrGenerate(c: Context<AppEnv>, requested: Requested, delivery: DeliveryParameters): Promise<Response>
}

export function createImageServer(ports: AppPorts): ImageServer {
  const { access, gallery, settings } = ports
  const { findOrGenerate } = createFlow(ports)
  return { serve, serveOrGenerate }

  async function serveOrGenerate(
    c: Context<AppEnv>,
    requested: Requested,
    delivery: DeliveryParameters,
  ): Promise<Response> {
    const { fingerprint, spec } = requested
    const { index = 0 } = delivery
    return findOrGenerate(c, {
      requested,
      // Sent along by the job where the image itself is wanted: reading it back takes longer.
      index: isOriginal(requestedVariant(delivery, c.req.raw.headers)) ? index : undefined,
      async find(cache, generated) {
        const response = await serve(c, fingerprint, delivery, cache, generated)
        if (response || cache === 'hit' || index === 0) return response
        throw notFound(`The model generated fewer images: there is none with index ${index}.`)
      },
      current: () => currentImage(c, fingerprint, delivery),
      async beforeGenerating() {
        if (c.req.method === 'HEAD')
          throw notFound('This image has not been generated yet. GET generates it.')
        await assertIndex(fingerprint, spec.n ?? 1, index)
      },
    })
  }

  async function serve(
    c: Context<AppEnv>,
    fingerprint: Fingerprint,
    delivery: DeliveryParameters,
    cache: CacheOutcome,
    generated?: Generated,
  ): Promise<Response | undefined> {
    const trace = c.get('trace')
    const request = generated ? withoutPreconditions(c.req.raw) : c.req.raw
    const variant = requestedVariant(delivery, request.headers)
    const image = isConditional(request.headers) || !isOriginal(variant) ? undefined : generated?.image
    const source = image
      ? {
          head: async () => imageHeaders(image.record),
          get: async () => ({ headers: imageHeaders(image.record), body: image.bytes }),
        }
      : gallery
    return deliver(
      request,
      source,
      {
        fingerprint,
        index: delivery.index ?? 0,
        variant,
        ...(!isOriginal(variant) && { limitKey: () => access.limitKey(request) }),
      },
      {
        redirectTo: (headers) => redirectTo(c.req.path, request.url, headers, delivery.pin),
        finish(headers) {
          const imageCostUsd = takeImageCost(headers)
          if (cache === 'hit') trace.savedUsd = imageCostUsd
          headers['cache-status'] = CACHE_STATUS[cache]
          // What this request cost: only the one that generated the image paid.
          const costUsd = cache === 'miss' ? generated?.manifest?.cost_usd : 0
          if (costUsd !== undefined) headers['x-easel-cost-usd'] = String(costUsd)
          if (delivery.format === 'auto') headers['vary'] = 'Accept'
          if (settings.emulated) headers['x-easel-emulated'] = 'true'
          decideCaching(headers, delivery)
          headers['server-timing'] = serverTiming(trace)
          trace.hasAllHeaders = true
        },
      },
    )
  }

  async function currentImage(
    { req: { raw } }: Context<AppEnv>,
    fingerprint: Fingerprint,
    delivery: DeliveryParameters,
  ): Promise<Validators | undefined> {
    const headers =
      hasPreconditions(raw.headers) &&
      (await gallery.head({
        fingerprint,
        index: delivery.index ?? 0,
        variant: requestedVariant(delivery, raw.headers),
      }))
    if (!headers) return undefined
    return { etag: headers['etag'] ?? '', lastModified: Date.parse(headers['last-modified'] ?? '') }
  }

  function decideCaching(headers: HeaderFields, { pin }: DeliveryParameters): void {
    if (pin !== undefined && !isFallback(headers)) headers['cache-control'] = CACHE_CONTROL_PINNED
    // Only those who may see an image may cache it.
    if (settings.access === 'private') {
      headers['cache-control'] = headers['cache-control']?.replace('public', 'private') ?? 'private'
    }
  }

  /** An index that a cached generation doesn't have is not worth another generation. */
  async function assertIndex(fingerprint: Fingerprint, n: number, index: number): Promise<void> {
    if (index === 0) return
    if (await gallery.head({ fingerprint, index: 0, variant: ORIGINAL })) {
      throw notFound(`There is no image with index ${index}: the model generated fewer.`)
    }
    if (index < n) return
    const detail = `index is ${index}, but n is ${n}: the images have the indexes 0 to ${n - 1}.`
    throw new InvalidSpecError([specIssue(['index'], detail)])
  }
}

/** The right URL of an image, when its type or its bytes are others than the URL says. */
function redirectTo(
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
  // A signed URL must not change: it is served as if it had no pin.
  const isOutdated = pin !== undefined && pin !== originalPin(headers) && !isSigned(url)
  if (!isMisnamed && !isOutdated) return undefined
  if (isMisnamed) url.searchParams.delete('index')
  if (isOutdated) url.searchParams.set('v', originalPin(headers))
  return (isMisnamed ? right : path) + url.search
}
