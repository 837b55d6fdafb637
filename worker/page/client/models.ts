import {
  chatMaxImages,
  documentedParameters,
  isDocumented,
  PROVIDER_FIELDS,
} from '../../../shared/catalogue/documented.ts'
import type { Capability, ImageModel } from '../../../shared/catalogue/model.ts'
import { imageSizeOf } from '../../../shared/spec/pixel-sizes.ts'
import { askJson } from './api.ts'
import { formatUsd } from '../../../shared/format.ts'
import { config } from './config.ts'
import { h } from './dom.ts'

/** A model of `GET /v1/models`. */
export type Model = ImageModel & {
  readonly retirement?: { readonly date: string; readonly successor?: string }
  /** USD: about what an image costs with nothing else set; absent where the price is unknown. */
  readonly estimate_usd?: number
}

let list: Promise<readonly Model[]> | undefined

/** The models that this Worker allows, from the live list. */
export function models(): Promise<readonly Model[]> {
  list ??= askJson<{ readonly data: readonly Model[] }>('/v1/models').then(
    ({ data }) => data.filter(({ id }) => isAllowed(id)),
    (error: unknown) => {
      list = undefined
      throw error
    },
  )
  return list
}

function isAllowed(id: string): boolean {
  const { allowedModels } = config
  return (
    allowedModels.length === 0 ||
    allowedModels.includes(id) ||
    allowedModels.includes(`${id.split('/')[0]}/*`)
  )
}

/** What a field of the form may hold: these values, these numbers, or anything. `undefined`: the model hasn't it. */
export function offerOf(model: Model, field: string): Capability | undefined {
  const parameters =
    model.apis.images && !model.unlisted ? model.supported_parameters : documentedParameters(model)
  if (field === 'image_size') return sizes(parameters['resolution'])
  if (field === 'input_images')
    return model.input_modalities.includes('image') ? parameters['input_references'] : undefined
  if (field === 'take') return { type: 'boolean' }
  if (field === 'n') {
    const max = chatMaxImages(model)
    const offer = max > 1 ? ({ type: 'range', min: 1, max } as const) : parameters['n']
    return offer?.type === 'range' && offer.max <= 1 ? undefined : offer
  }
  if (field === 'seed' && model.apis.chat && (model.chat_parameters?.includes('seed') ?? true)) {
    return { type: 'boolean' }
  }
  const providerField = PROVIDER_FIELDS.find((name) => name === field)
  if (!providerField) return parameters[field]
  const takes =
    model.endpoints.length > 0
      ? model.endpoints.some((endpoint) => endpoint.allowed_passthrough_parameters.includes(field))
      : isDocumented(providerField, model)
  return takes ? { type: 'boolean' } : undefined
}

function sizes(resolution: Capability | undefined): Capability | undefined {
  if (resolution?.type !== 'enum') return resolution
  return { type: 'enum', values: resolution.values.map(imageSizeOf) }
}

/** What to know of a model before choosing it. */
export function modelFacts(model: Model): HTMLElement {
  const { estimate_usd: price, retirement, supports_streaming: streams } = model
  const inputs = offerOf(model, 'input_images')
  const facts = [
    price === undefined ? 'Price unknown' : `About ${formatUsd(price)} an image`,
    inputs && (inputs.type === 'range' ? `up to ${inputs.max} input images` : 'input images'),
    model.output_modalities.includes('text') && 'text with the image',
    streams && 'previews while it works',
  ].filter((fact): fact is string => Boolean(fact))
  return h(
    'div',
    {},
    h('p', {}, facts.join(' · ')),
    retirement &&
      h(
        'p',
        { class: 'warning' },
        `${Date.parse(retirement.date) > Date.now() ? 'Retires' : 'Was retired'} on ${retirement.date}. ${retirement.successor === undefined ? 'Choose another model for new images.' : `Use ${retirement.successor} for new images.`}`,
      ),
  )
}
