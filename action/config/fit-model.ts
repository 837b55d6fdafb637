import { checkCapabilities } from '../../shared/catalogue/capabilities.ts'
import type { Catalogue } from '../../shared/catalogue/catalogue.ts'
import type { ImageModel } from '../../shared/catalogue/model.ts'
import { EaselError, ModelNotFoundError, UnsupportedByModelError } from '../../shared/errors.ts'
import { type CostEstimate, estimateCost } from '../../shared/prices/estimate.ts'
import type { ImageSpec } from '../../shared/spec/schema.ts'
import { problemAt } from './declared-image.ts'
import type { Diagnostic } from './diagnostic.ts'
import { extensionsOf } from './file-format.ts'
import type { ResolvedImage } from './resolve-image.ts'

/** A picture that its model can draw. */
export interface DrawableImage extends ResolvedImage {
  readonly model: ImageModel
  /**
   * What is asked for. Unlike `spec`, it names the file's format wherever the model can be asked for it, and
   * only there; elsewhere Easel converts.
   */
  readonly request: ImageSpec
  readonly estimate: CostEstimate
  /** Where the model's prices and capabilities come from. */
  readonly source: 'live' | 'snapshot'
}

/** Looks whether an image's model can draw it, in the format that its path promises. */
export async function fitModel(
  image: ResolvedImage,
  catalogue: Catalogue,
): Promise<{ readonly image?: DrawableImage; readonly diagnostics: readonly Diagnostic[] }> {
  try {
    const { model, source, warning } = await catalogue.model(image.spec.model)
    const request = requestFor(image, model)
    return {
      image: { ...image, model, request, estimate: estimateCost(request, model), source },
      diagnostics: warning ? [problemAt(image, 'model', warning, 'warning')] : [],
    }
  } catch (error) {
    return { diagnostics: [asDiagnostic(error, image)] }
  }
}

/** @throws {UnsupportedByModelError} when the model can't draw it */
function requestFor({ spec, format, path }: ResolvedImage, model: ImageModel): ImageSpec {
  const named: ImageSpec = { ...spec, output_format: format }
  const refusal = formatRefusal(named, model)
  if (!refusal) {
    checkCapabilities(named, model)
    return named
  }
  const accepts = refusal.extras.accepts ?? []
  if (format === 'svg') throw refusal
  if (accepts.length > 0 && accepts.every((accepted) => accepted === 'svg')) {
    const detail = `${path} can’t be drawn by ${model.id}, which only makes SVG: end the path with ${extensionsOf('svg')}, or take another model.`
    throw new UnsupportedByModelError({ field: 'path', detail })
  }
  const { output_format: _, output_compression: __, ...unnamed } = spec
  checkCapabilities(unnamed, model)
  return unnamed
}

/** Why the model can't be asked for a format; `undefined` when it can, or when something else is wrong. */
function formatRefusal(spec: ImageSpec, model: ImageModel): UnsupportedByModelError | undefined {
  try {
    checkCapabilities(spec, model)
  } catch (error) {
    const isFormat =
      error instanceof UnsupportedByModelError &&
      (error.extras.field === 'output_format' || error.extras.field === 'output_compression')
    if (isFormat) return error
  }
  return undefined
}

function asDiagnostic(error: unknown, image: ResolvedImage): Diagnostic {
  if (error instanceof ModelNotFoundError) {
    const closest = error.extras.closest ?? []
    const hint = closest.length > 0 ? `did you mean ${closest.join(' or ')}?` : 'easel models lists them.'
    return problemAt(image, 'model', `There is no image model ${image.spec.model} at OpenRouter: ${hint}`)
  }
  if (error instanceof EaselError) return problemAt(image, error.extras.field ?? 'path', error.message)
  throw error
}
