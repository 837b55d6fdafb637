import { WorkerEntrypoint } from 'cloudflare:workers'
import { EaselError } from '../../shared/errors.ts'
import { type Fingerprint, isFingerprint } from '../../shared/fingerprint.ts'
import { problemResponse } from '../../shared/problem.ts'
import type { Env } from '../settings.ts'
import { imageResponse } from './image-response.ts'
import { createR2ImageStore, type ImageStore } from './image-store.ts'

/** Shows what is kept; never draws. */
export interface Gallery {
  /** 200 or 304 for a picture, `undefined` when it isn't there. */
  show(request: Request, fingerprint: Fingerprint, index: number): Promise<Response | undefined>
  /** Makes the edge forget a picture. */
  forget(fingerprint: Fingerprint): Promise<void>
}

/** Straight from R2: where there is no cache before a Worker's entrypoints, as on a developer's machine. */
export function createDirectGallery(store: ImageStore): Gallery {
  return {
    async show(request, fingerprint, index) {
      const isHead = request.method === 'HEAD'
      const image = await (isHead ? store.head(fingerprint, index) : store.get(fingerprint, index))
      return image && imageResponse(request, image)
    },
    async forget() {},
  }
}

/**
 * Through the entrypoint of the same name, which the edge's cache stands before: a hit there reads nothing.
 *
 * @param entrypoint  `ctx.exports.Gallery`
 */
export function createCachedGallery(entrypoint: Fetcher & { forget(tag: string): Promise<void> }): Gallery {
  return {
    async show(request, fingerprint, index) {
      // One address for each picture, whichever way it was asked for: that is what the cache goes by.
      const response = await entrypoint.fetch(`https://gallery/${fingerprint}/${index}`, {
        method: request.method,
        headers: request.headers,
      })
      if (response.status !== 404) return response
      await response.body?.cancel()
      return undefined
    },
    forget: (fingerprint) => entrypoint.forget(fingerprint),
  }
}

/** The entrypoint behind the edge's cache. Reached from the gateway only, which has decided who may see what. */
export class GalleryEntrypoint extends WorkerEntrypoint<Env> {
  override async fetch(request: Request): Promise<Response> {
    const [, fingerprint = '', index = ''] = new URL(request.url).pathname.split('/')
    const gallery = createDirectGallery(createR2ImageStore(this.env.BUCKET))
    const response = isFingerprint(fingerprint) && (await gallery.show(request, fingerprint, Number(index)))
    return response || problemResponse(new EaselError('not_found', 'There is no such picture.'))
  }

  /** Purges are of the entrypoint that asks for them, so they are asked for here. */
  async forget(fingerprint: string): Promise<void> {
    await this.ctx.cache?.purge({ tags: [fingerprint] })
  }
}
