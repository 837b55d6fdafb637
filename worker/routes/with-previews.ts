import type { Catalogue } from '../../shared/catalogue/catalogue.ts'
import { ModelNotFoundError, UnsupportedByModelError } from '../../shared/errors.ts'
import { buildRequest } from '../../shared/openrouter/request.ts'
import type { ImageSpec } from '../../shared/spec/schema.ts'

/**
 * The spec for somebody who watches: over the images API, where the model streams previews and that API can carry it.
 * It is the same image, under the same fingerprint. Never fails: a model that is gone still has cached images.
 */
export async function withPreviews(spec: ImageSpec, catalogue: Pick<Catalogue, 'model'>): Promise<ImageSpec> {
  if ((spec.api ?? 'auto') !== 'auto' || spec.models) return spec
  const watched: ImageSpec = { ...spec, api: 'images' }
  try {
    const { model } = await catalogue.model(spec.model)
    if (!model.supports_streaming || !model.apis.images) return spec
    buildRequest(watched, model)
    return watched
  } catch (error) {
    if (error instanceof UnsupportedByModelError || error instanceof ModelNotFoundError) return spec
    throw error
  }
}
