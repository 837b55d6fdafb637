import { WorkerEntrypoint } from 'cloudflare:workers'
import { EaselError } from '../../shared/errors.ts'
import { problemResponse } from '../../shared/problem.ts'
import type { Env } from '../env.ts'
import { parseGalleryRequest } from '../gallery/cached-gallery.ts'
import { createDirectGallery, type Gallery } from '../gallery/gallery.ts'
import { createR2ImageStore } from '../gallery/image-store.ts'
import { createR2Variants } from '../gallery/variant-store.ts'
import { createMakeVariant } from '../job/jobs.ts'
import { deliver } from './deliver.ts'

/** The gallery over what the environment holds. */
export function directGallery({ BUCKET, IMAGES, JOBS }: Env): Gallery {
  const variants = IMAGES && createR2Variants(BUCKET, createMakeVariant(JOBS))
  return createDirectGallery(createR2ImageStore(BUCKET), variants)
}

/** The entrypoint behind the edge's cache. Only the gateway reaches it, which has decided who may see what. */
export class GalleryEntrypoint extends WorkerEntrypoint<Env> {
  override async fetch(request: Request): Promise<Response> {
    try {
      const wanted = parseGalleryRequest(request)
      const response =
        wanted &&
        (await deliver(request, directGallery(this.env), wanted, {
          forCache: true,
          finish(headers) {
            // What the cache purges by.
            headers['cache-tag'] = wanted.fingerprint
          },
        }))
      return response ?? problemResponse(new EaselError('not_found', 'There is no such image.'))
    } catch (error) {
      return problemResponse(error)
    }
  }

  /** Purges the edge's cache. Purges affect the entrypoint that asks for them, so they are asked for here. */
  async forget(fingerprint: string): Promise<void> {
    await this.ctx.cache?.purge({ tags: [fingerprint] })
  }
}
