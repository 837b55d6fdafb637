import type { ImageModel, SupportedParameters } from './model.ts'

/** Fields that only some models have, as the documentation names them: for models without endpoint records. */
const SPECIAL_FIELDS = {
  font_inputs: { models: /^sourceful\/.*-(fast|pro)$/, owner: 'sourceful/riverflow-v2-fast and -pro' },
  super_resolution_references: {
    models: /^sourceful\/.*-(fast|pro)$/,
    owner: 'sourceful/riverflow-v2-fast and -pro',
  },
  style: { models: /^recraft\/recraft-v3\b/, owner: 'recraft/recraft-v3' },
  text_layout: { models: /^recraft\/recraft-v3\b/, owner: 'recraft/recraft-v3' },
  strength: { models: /^recraft\//, owner: 'Recraft’s models' },
  rgb_colors: { models: /^recraft\//, owner: 'Recraft’s models' },
  background_rgb_color: { models: /^recraft\//, owner: 'Recraft’s models' },
} as const

export type SpecialField = keyof typeof SPECIAL_FIELDS

const YES = { type: 'boolean' } as const

/** Who a special field is for, to say in an error. */
export function ownerOf(field: SpecialField): string {
  return SPECIAL_FIELDS[field].owner
}

/** Whether the documentation gives this field to this model. */
export function isDocumented(field: SpecialField, model: ImageModel): boolean {
  return SPECIAL_FIELDS[field].models.test(model.id)
}

/** How many images the chat API makes in one request. Only xAI's models are documented to take `n` there. */
export function chatMaxImages(model: Pick<ImageModel, 'id' | 'apis'>): number {
  return model.apis.chat && model.id.startsWith('x-ai/') ? 10 : 1
}

/**
 * What a model takes that the images list doesn't have: everything where nothing is known of it, else what the
 * documentation says of `image_config`.
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
