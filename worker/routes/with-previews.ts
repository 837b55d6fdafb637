import type { Catalogue } from '../../shared/catalogue/catalogue.ts'
import { UnsupportedByModelError } from '../../shared/errors.ts'
import { buildRequest } from '../../shared/openrouter/request.ts'
import type { ImageSpec } from '../../shared/spec/schema.ts'

/**
 * The spec for somebody who watches: over the images API, where the model streams previews and that API can carry it.
 * It is the same image, under the same fingerprint.
 */
export async function withPreviews(spec: ImageSpec, catalogue: Pick<Catalogue, 'model'>): Promise<ImageSpec> {
  if ((spec.api ?? 'auto') !== 'auto' || spec.models) return spec
  const { model } = await catalogue.model(spec.model)
  if (!model.supports_streaming || !model.apis.images) return spec
  const watched: ImageSpec = { ...spec, api: 'images' }
  try {
    buildRequest(watched, model)
    return watched
  } catch (error) {
    if (error instanceof UnsupportedByModelError) return spec
    throw error
  }
}
