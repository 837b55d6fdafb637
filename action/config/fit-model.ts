import { checkCapabilities } from '../../shared/catalogue/capabilities.ts'
import type { Catalogue } from '../../shared/catalogue/catalogue.ts'
import type { ImageModel } from '../../shared/catalogue/model.ts'
import { EaselError, ModelNotFoundError, UnsupportedByModelError } from '../../shared/errors.ts'
import { type CostEstimate, estimateCost } from '../../shared/prices/estimate.ts'
import type { ImageSpec } from '../../shared/spec/schema.ts'
import { specIssue } from '../../shared/spec/spec-issue.ts'
import { problemAt } from './declared-image.ts'
import type { Diagnostic } from './diagnostic.ts'
import { extensionsOf } from './file-format.ts'
import type { ResolvedImage } from './resolve-image.ts'

/** An image that its model supports. */
export interface ReadyImage extends ResolvedImage {
  readonly model: ImageModel
  /**
   * The spec to send. Unlike `spec`, it has the file's format as `output_format` if the model supports that; if not,
   * Easel converts the image.
   */
  readonly request: ImageSpec
  readonly estimate: CostEstimate
  /** Where the model's prices and capabilities come from. */
  readonly source: 'live' | 'snapshot'
}

/** Checks that an image's model supports its spec, in the format of its path or in one that Easel can convert. */
export async function fitModel(
  image: ResolvedImage,
  catalogue: Catalogue,
): Promise<{ readonly image?: ReadyImage; readonly diagnostics: readonly Diagnostic[] }> {
  try {
    const { model, source, warning } = await catalogue.model(image.spec.model)
    const request = requestFor(image, model)
    return {
      image: { ...image, model, request, estimate: estimateCost(request, model), source },
      diagnostics: warning ? [problemAt(image, ['model'], warning, 'warning')] : [],
    }
  } catch (error) {
    return { diagnostics: [asDiagnostic(error, image)] }
  }
}

/** @throws {UnsupportedByModelError} when the model doesn't support the spec */
function requestFor({ spec, format, path }: ResolvedImage, model: ImageModel): ImageSpec {
  const named: ImageSpec = { ...spec, output_format: format }
  const refusal = formatRefusal(named, model)
  if (!refusal) {
    checkCapabilities(named, model)
    return named
  }
  const accepts = refusal.extras.accepts ?? []
  // Easel converts to neither.
  if (format === 'svg' || format === 'gif') throw refusal
  if (accepts.length > 0 && accepts.every((accepted) => accepted === 'svg')) {
    const detail = `${model.id} generates only SVG, so it can’t generate ${path}: end the path with ${extensionsOf('svg')}, or use another model.`
    throw new UnsupportedByModelError(specIssue(['path'], detail))
  }
  const { output_format: _, output_compression: __, ...unnamed } = spec
  checkCapabilities(unnamed, model)
  return unnamed
}

/** Why the model doesn't support a format; `undefined` when it does, or when something else is wrong. */
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
    return problemAt(image, ['model'], `OpenRouter has no image model ${image.spec.model}: ${hint}`)
  }
  if (error instanceof UnsupportedByModelError) return problemAt(image, error.issue.path, error.message)
  if (error instanceof EaselError) return problemAt(image, ['path'], error.message)
  throw error
}
