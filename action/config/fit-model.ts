import { checkCapabilities } from '../../shared/catalogue/capabilities.ts'
import type { Catalogue } from '../../shared/catalogue/catalogue.ts'
import type { ImageModel } from '../../shared/catalogue/model.ts'
import type { Retirement } from '../../shared/catalogue/retirement.ts'
import { EaselError, ModelNotFoundError, UnsupportedByModelError } from '../../shared/errors.ts'
import { type CostEstimate, estimateCost, estimateFallback } from '../../shared/prices/estimate.ts'
import { naming } from '../../shared/catalogue/models-that-can.ts'
import { candidateSpecs, type SingleModelSpec } from '../../shared/spec/candidates.ts'
import type { ImageSpec } from '../../shared/spec/schema.ts'
import { type FieldPath, specIssue } from '../../shared/spec/spec-issue.ts'
import { problemAt } from './declared-image.ts'
import type { Diagnostic } from './diagnostic.ts'
import { extensionsOf } from './file-format.ts'
import type { ResolvedImage } from './resolve-image.ts'

/** A model that may generate an image, and what it is asked. */
export interface FittedModel {
  readonly model: ImageModel
  /** Set when the model has an end. */
  readonly retirement?: Retirement | undefined
  /**
   * The spec to send. Unlike the image's `spec`, it names this model only, and has the file's format as
   * `output_format` if the model supports that; if not, Easel converts the image.
   */
  readonly request: SingleModelSpec
}

/** An image that its models support. */
export interface ReadyImage extends ResolvedImage {
  /** The models to ask, in order. */
  readonly candidates: readonly [FittedModel, ...FittedModel[]]
  readonly estimate: CostEstimate
  /** Where the models' prices and capabilities come from. */
  readonly source: 'live' | 'snapshot'
}

/** Checks that an image's models support its spec, in the format of its path or in one that Easel can convert. */
export async function fitModel(
  image: ResolvedImage,
  catalogue: Catalogue,
): Promise<{ readonly image?: ReadyImage; readonly diagnostics: readonly Diagnostic[] }> {
  const [first, ...others] = candidateSpecs(image.spec)
  const fittings = [await fitOne(image, first, catalogue)]
  for (const spec of others) fittings.push(await fitOne(image, spec, catalogue))
  const diagnostics = fittings.flatMap((fitting) => fitting.diagnostics)
  const [fitted, ...more] = fittings.flatMap((fitting) => ('fitted' in fitting ? fitting : []))
  if (!fitted || more.length !== others.length) return { diagnostics }
  return {
    image: {
      ...image,
      candidates: [fitted.fitted, ...more.map((one) => one.fitted)],
      estimate: estimateFallback([fitted.estimate, ...more.map((one) => one.estimate)]),
      source: [fitted, ...more].some(({ source }) => source === 'snapshot') ? 'snapshot' : 'live',
    },
    diagnostics,
  }
}

type Fitting =
  | {
      readonly fitted: FittedModel
      readonly estimate: CostEstimate
      readonly source: 'live' | 'snapshot'
      readonly diagnostics: readonly Diagnostic[]
    }
  | { readonly diagnostics: readonly Diagnostic[] }

async function fitOne(image: ResolvedImage, spec: SingleModelSpec, catalogue: Catalogue): Promise<Fitting> {
  try {
    const { model, source, retirement, warnings } = await catalogue.model(spec.model)
    const request = await requestOrAlternatives({ ...image, spec }, model, catalogue)
    return {
      fitted: { model, request, retirement },
      estimate: estimateCost(request, model),
      source,
      diagnostics: warnings.map((warning) => problemAt(image, modelPath(image), warning, 'warning')),
    }
  } catch (error) {
    return { diagnostics: [asDiagnostic(error, image, spec.model)] }
  }
}

function modelPath({ spec }: ResolvedImage): FieldPath {
  return [spec.models ? 'models' : 'model']
}

/** @throws {UnsupportedByModelError} when the model doesn't support the spec, with models that do */
async function requestOrAlternatives(
  image: RequestedImage,
  model: ImageModel,
  catalogue: Catalogue,
): Promise<SingleModelSpec> {
  try {
    return requestFor(image, model)
  } catch (error) {
    if (!(error instanceof UnsupportedByModelError)) throw error
    throw await naming(error, model, catalogue, (peer) => {
      requestFor({ ...image, spec: { ...image.spec, model: peer.id } }, peer)
    })
  }
}

type RequestedImage = Pick<ResolvedImage, 'format' | 'path'> & { readonly spec: SingleModelSpec }

/** @throws {UnsupportedByModelError} when the model doesn't support the spec */
function requestFor({ spec, format, path }: RequestedImage, model: ImageModel): SingleModelSpec {
  const named: SingleModelSpec = { ...spec, output_format: format }
  const refusal = formatRefusal(named, model)
  if (!refusal) {
    checkCapabilities(named, model)
    return named
  }
  const accepts = refusal.extras.accepts ?? []
  // Easel converts to neither.
  if (format === 'svg' || format === 'gif') throw refusal
  if (accepts.length > 0 && accepts.every((accepted) => accepted === 'svg')) {
    const detail = `${model.id} generates only SVG, so it can’t generate ${path}: end the path with ${extensionsOf('svg')}.`
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

function asDiagnostic(error: unknown, image: ResolvedImage, model: string): Diagnostic {
  if (error instanceof ModelNotFoundError) {
    if (error.retired !== undefined) return problemAt(image, modelPath(image), error.retired)
    const closest = error.extras.closest ?? []
    const hint = closest.length > 0 ? `did you mean ${closest.join(' or ')}?` : 'easel models lists them.'
    return problemAt(image, modelPath(image), `OpenRouter has no image model ${model}: ${hint}`)
  }
  if (error instanceof UnsupportedByModelError) return problemAt(image, error.issue.path, error.message)
  if (error instanceof EaselError) return problemAt(image, ['path'], error.message)
  throw error
}
