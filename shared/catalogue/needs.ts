import {
  agrees,
  factorOfPixels,
  imageSizeFor,
  imageSizeOf,
  resolutionOf,
  sideFactor,
} from '../spec/pixel-sizes.ts'
import { type ImageSpec, SPEC_FIELDS } from '../spec/schema.ts'
import { parseSize } from '../spec/size.ts'
import { quote } from '../spec/spec-issue.ts'
import { chatMaxImages, isDocumented, ownerOf, PROVIDER_FIELDS, type ProviderField } from './documented.ts'
import type { Capability, ImageModel, SupportedParameters } from './model.ts'

/** What one endpoint accepts. Without endpoint records: what the model as a whole accepts. */
export interface Offer {
  readonly parameters: SupportedParameters
  /** `undefined` when the endpoint records are unknown. */
  readonly passthrough: readonly string[] | undefined
}

/** One field of a spec that a model must accept. */
export interface Need {
  readonly field: string
  /** The start of an error: `aspect_ratio is "1:8"`. */
  readonly statement: string
  /** What to do when the model does not accept the field at all. */
  readonly advice?: string
  /** `undefined` when the offer accepts it. Otherwise what it accepts instead; empty for nothing. */
  refusal(offer: Offer): readonly string[] | undefined
}

/** What `spec` needs from `model`, in the order of the spec's fields. */
export function needsOf(spec: ImageSpec, model: ImageModel): Need[] {
  return [
    listed('aspect_ratio', spec.aspect_ratio),
    imageSize(spec.image_size),
    size(spec.size, model),
    count(spec.n, model),
    seed(spec.seed, model),
    listed('quality', spec.quality),
    listed('background', spec.background),
    listed('output_format', spec.output_format),
    listed('output_compression', spec.output_compression),
    inputImages(spec.input_images, model),
    ...PROVIDER_FIELDS.map((field) => providerField(field, spec[field], model)),
    ...Object.keys(spec.image_config ?? {}).map(unnamedField),
  ].filter((need) => need !== undefined)
}

/** A field that the lists have under its own name. */
function listed(field: string, value: string | number | undefined): Need | undefined {
  if (value === undefined) return undefined
  return {
    field,
    statement: `${field} is ${quote(value)}`,
    refusal: ({ parameters }) => refusalBy(parameters[field], value),
  }
}

/** Listed as `resolution`, which writes 0.5K as 512. Every model generates 1K. */
function imageSize(value: ImageSpec['image_size']): Need | undefined {
  if (value === undefined) return undefined
  return {
    field: 'image_size',
    statement: `image_size is ${quote(value)}`,
    refusal: ({ parameters: { resolution } }) =>
      refusalBy(resolution ?? ONLY_1K, resolutionOf(value))?.map(imageSizeOf),
  }
}

const ONLY_1K: Capability = { type: 'enum', values: ['1K'] }

/**
 * No model lists `size`: OpenRouter translates it for the provider. Where resolutions are listed, it must match one.
 */
function size(value: ImageSpec['size'], model: ImageModel): Need | undefined {
  const sides = value === undefined ? undefined : parseSize(value)
  if (!sides) return undefined
  const pixels = sides[0] * sides[1]
  return {
    field: 'size',
    statement: `size is ${quote(value)}`,
    advice: 'size needs the images API, which does not have this model: use aspect_ratio and image_size.',
    refusal({ parameters }) {
      if (!model.apis.images) return []
      if (parameters['size']) return refusalBy(parameters['size'], value ?? '')
      const { resolution } = parameters
      if (resolution?.type !== 'enum') {
        return resolution && refusalBy(resolution, imageSizeFor(factorOfPixels(pixels)))
      }
      const isListed = resolution.values.some((name) => agrees(pixels, sideFactor(name) ?? 0))
      return isListed ? undefined : resolution.values.map((name) => `sizes of about ${imageSizeOf(name)}`)
    },
  }
}

/** A model without `n` generates one image per request. */
function count(value: ImageSpec['n'], model: ImageModel): Need | undefined {
  if (value === undefined) return undefined
  return {
    field: 'n',
    statement: `n is ${value}`,
    refusal: ({ parameters: { n } }) =>
      value <= chatMaxImages(model) ? undefined : refusalBy(n ?? upTo(chatMaxImages(model)), value),
  }
}

/** The chat list may leave parameters out altogether; a seed is accepted then. */
function seed(value: ImageSpec['seed'], model: ImageModel): Need | undefined {
  if (value === undefined) return undefined
  const onChat = model.apis.chat && (model.chat_parameters?.includes('seed') ?? true)
  return {
    field: 'seed',
    statement: `seed is ${value}`,
    refusal: ({ parameters }) => (onChat ? undefined : refusalBy(parameters['seed'], value)),
  }
}

/** Listed as `input_references`, whose range counts images. Some models require one. */
function inputImages(value: ImageSpec['input_images'], model: ImageModel): Need | undefined {
  const images = value?.length ?? 0
  return {
    field: 'input_images',
    statement: images === 0 ? 'input_images is missing' : `input_images holds ${images}`,
    refusal({ parameters: { input_references } }) {
      if (images === 0 && input_references?.type !== 'range') return undefined
      return refusalBy(input_references, images)
    },
    ...(!model.input_modalities.includes('image') && { advice: 'The model accepts no input images.' }),
  }
}

/** Accepted where an endpoint passes the field on. Without endpoint records, the documentation decides. */
function providerField(field: ProviderField, value: unknown, model: ImageModel): Need | undefined {
  if (value === undefined) return undefined
  return {
    field,
    statement: `${field} is ${quote(value)}`,
    advice: `It is a field of ${ownerOf(field)}.`,
    refusal({ parameters, passthrough }) {
      const takes = passthrough ? passthrough.includes(field) : isDocumented(field, model)
      return takes || parameters[field] ? undefined : []
    },
  }
}

/**
 * A field that a spec has no name for. No price list says what one costs that an endpoint doesn't list. Without
 * endpoint records, the price is unknown as a whole.
 */
function unnamedField(key: string): Need {
  return {
    field: `image_config.${key}`,
    statement: `image_config holds ${key}`,
    refusal: ({ passthrough }) => (passthrough?.includes(key) === false ? unnamedIn(passthrough) : undefined),
  }
}

/** The pass-through parameters that a spec has no name for. */
export function unnamedIn(passthrough: readonly string[]): readonly string[] {
  return passthrough.filter((key) => !SPEC_FIELDS.has(key))
}

function refusalBy(
  capability: Capability | undefined,
  value: string | number,
): readonly string[] | undefined {
  if (!capability) return []
  if (capability.type === 'boolean') return undefined
  if (capability.type === 'enum') {
    return capability.values.includes(String(value)) ? undefined : capability.values
  }
  const { min, max } = capability
  if (Number(value) >= min && Number(value) <= max) return undefined
  return [min === max ? String(min) : `${min} to ${max}`]
}

function upTo(max: number): Capability {
  return { type: 'range', min: 1, max }
}
