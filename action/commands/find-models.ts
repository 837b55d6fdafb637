import type { ListedModel } from '../../shared/catalogue/catalogue.ts'
import { checkCapabilities } from '../../shared/catalogue/capabilities.ts'
import type { ImageModel } from '../../shared/catalogue/model.ts'
import { UnsupportedByModelError } from '../../shared/errors.ts'
import { type CostEstimate, estimateCost } from '../../shared/prices/estimate.ts'
import { parseSpecQuery } from '../../shared/spec/parse.ts'
import { type ImageSpec, INPUT_IMAGES_MAX } from '../../shared/spec/schema.ts'
import { UsageError } from '../config/diagnostic.ts'
import { shown } from '../config/wording.ts'

export interface FoundModel {
  readonly model: ListedModel
  /** For one image with the filter's fields. */
  readonly price: CostEstimate
}

interface Filter {
  /** Words that must all appear in the id or the name. */
  readonly search: readonly string[]
  /** `field=value`, as in a spec; for input images, how many. */
  readonly takes: readonly string[]
  readonly maxPriceUsd: number | undefined
}

/** Placeholder: only the number of input images matters. */
const ANY_IMAGE = 'https://example.com/image.png'

/**
 * The models that pass a filter, cheapest first; models without a known price last.
 *
 * @throws {UsageError} when an entry of `takes` is not `field=value`
 * @throws {InvalidSpecError} when its field or value is not valid in any spec
 */
export function findModels(
  models: readonly ListedModel[],
  { search, takes, maxPriceUsd }: Filter,
): FoundModel[] {
  const wanted = wantedSpec(takes)
  const words = search.map((word) => word.toLowerCase())
  return models
    .filter(({ id, name }) => words.every((word) => `${id} ${name}`.toLowerCase().includes(word)))
    .map((model) => ({ model, spec: { ...wanted, model: model.id } }))
    .filter(({ model, spec }) => takes.length === 0 || canGenerate(spec, model))
    .map(({ model, spec }) => ({ model, price: estimateCost(spec, model) }))
    .filter(({ price }) => maxPriceUsd === undefined || (price.usd ?? Infinity) <= maxPriceUsd)
    .toSorted(
      (a, b) => (a.price.usd ?? Infinity) - (b.price.usd ?? Infinity) || (a.model.id < b.model.id ? -1 : 1),
    )
}

function wantedSpec(takes: readonly string[]): Omit<ImageSpec, 'model'> {
  const query = new URLSearchParams()
  for (const pair of takes) {
    const [field = '', value] = pair.split(/=(.*)/s, 2)
    if (field === 'input_images') {
      for (let left = inputImages(pair, value ?? '1'); left > 0; left--) query.append(field, ANY_IMAGE)
    } else if (value === undefined || value === '') {
      throw new UsageError(`--takes is ${shown(pair)}: it must be field=value, such as image_size=4K.`)
    } else query.append(field, value)
  }
  const { preset: _, ...spec } = parseSpecQuery(query)
  return { ...spec, prompt: spec.prompt ?? 'An image' }
}

/** @throws {UsageError} unless it is a number of images that a spec can have */
function inputImages(pair: string, value: string): number {
  const count = Number(value)
  if (/^\d{1,2}$/.test(value) && count >= 1 && count <= INPUT_IMAGES_MAX) return count
  throw new UsageError(`--takes is ${pair}: input_images takes a whole number from 1 to ${INPUT_IMAGES_MAX}.`)
}

function canGenerate(spec: ImageSpec, model: ImageModel): boolean {
  try {
    checkCapabilities(spec, model)
    return true
  } catch (error) {
    if (error instanceof UnsupportedByModelError) return false
    throw error
  }
}
