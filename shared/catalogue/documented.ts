import type { SpecField } from '../spec/schema.ts'
import type { ImageModel, SupportedParameters } from './model.ts'

/** Fields that only single providers have: in `image_config` on one API, under `provider.options` on the other. */
export const PROVIDER_FIELDS = [
  'font_inputs',
  'super_resolution_references',
  'style',
  'strength',
  'rgb_colors',
  'background_rgb_color',
  'text_layout',
] as const satisfies readonly SpecField[]

export type ProviderField = (typeof PROVIDER_FIELDS)[number]

interface Owner {
  readonly models: RegExp
  /** For an error: “It is a field of …”. */
  readonly name: string
}

const RIVERFLOW: Owner = {
  models: /^sourceful\/.*-(fast|pro)$/,
  name: 'sourceful/riverflow-v2-fast and -pro',
}
const RECRAFT_V3: Owner = { models: /^recraft\/recraft-v3\b/, name: 'recraft/recraft-v3' }
const RECRAFT: Owner = { models: /^recraft\//, name: 'Recraft’s models' }

/** The models that the documentation gives a field to. They decide where there are no endpoint records. */
const OWNERS = {
  font_inputs: RIVERFLOW,
  super_resolution_references: RIVERFLOW,
  style: RECRAFT_V3,
  strength: RECRAFT,
  rgb_colors: RECRAFT,
  background_rgb_color: RECRAFT,
  text_layout: RECRAFT_V3,
} as const satisfies Record<ProviderField, Owner>

const YES = { type: 'boolean' } as const

/** The models that a field is for, to name in an error. */
export function ownerOf(field: ProviderField): string {
  return OWNERS[field].name
}

/** Whether the documentation gives this field to this model. */
export function isDocumented(field: ProviderField, model: ImageModel): boolean {
  return OWNERS[field].models.test(model.id)
}

/** How many images one request to the chat API can generate. `n` is documented there only for xAI's models. */
export function chatMaxImages(model: Pick<ImageModel, 'id' | 'apis'>): number {
  return model.apis.chat && model.id.startsWith('x-ai/') ? 10 : 1
}

/**
 * What a model accepts that the images list does not have: what is documented for `image_config`. A model that no
 * list has is assumed to accept everything.
 *
 * @see docs/openrouter.md#image_config
 */
export function documentedParameters(model: ImageModel): SupportedParameters {
  const general: SupportedParameters = { aspect_ratio: YES, resolution: YES }
  const openai: SupportedParameters = {
    quality: YES,
    background: YES,
    output_format: YES,
    output_compression: YES,
  }
  if (model.unlisted) return { ...general, ...openai, n: YES, seed: YES, input_references: YES }
  return {
    ...general,
    ...(model.id.startsWith('openai/') && openai),
    ...(model.input_modalities.includes('image') && { input_references: YES }),
  }
}
