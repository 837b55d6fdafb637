import { chatMaxImages, PROVIDER_FIELDS } from '../catalogue/documented.ts'
import type { ImageModel } from '../catalogue/model.ts'
import { UnsupportedByModelError } from '../errors.ts'
import type { SpecIssue } from '../spec/spec-issue.ts'
import type { ImageSpec } from '../spec/schema.ts'
import { specIssue } from '../spec/spec-issue.ts'

type ContentPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } }

/** Body of `POST /chat/completions`, as far as images need it. */
export interface ChatRequest {
  readonly model: string
  readonly messages: readonly [{ readonly role: 'user'; readonly content: string | readonly ContentPart[] }]
  readonly modalities: readonly ('image' | 'text')[]
  readonly image_config?: Readonly<Record<string, unknown>>
  readonly seed?: number
  readonly provider?: Readonly<Record<string, unknown>>
  readonly user?: string
  readonly session_id?: string
  readonly trace?: Readonly<Record<string, unknown>>
  readonly stream: true
}

/** Fields that go into `image_config` under their own name. */
export const IMAGE_CONFIG_FIELDS = [
  'aspect_ratio',
  'image_size',
  'n',
  'quality',
  'background',
  'output_format',
  'output_compression',
  ...PROVIDER_FIELDS,
] as const satisfies readonly (keyof ImageSpec)[]

/**
 * The JSON body that requests an image from OpenRouter's chat API. Pure: sends nothing.
 *
 * A field absent from `spec` is absent from the body, so the provider's default applies. `stream` is on,
 * because only a stream keeps a slow model's connection alive.
 *
 * @param spec   what to generate, already validated
 * @param model  its catalogue entry; `output_modalities` decides `modalities`
 * @throws {UnsupportedByModelError} when the spec holds a field that only the images API has
 */
export function buildChatRequest(
  spec: ImageSpec,
  model: Pick<ImageModel, 'id' | 'output_modalities' | 'apis'>,
): ChatRequest {
  const obstacle = chatObstacle(spec, model)
  if (obstacle) throw new UnsupportedByModelError(obstacle)
  const named = IMAGE_CONFIG_FIELDS.flatMap((field) =>
    spec[field] === undefined ? [] : [[field, spec[field]]],
  )
  const imageConfig: Record<string, unknown> = { ...spec.image_config, ...Object.fromEntries(named) }
  // Every model generates one; only some know the field.
  if (imageConfig['n'] === 1) delete imageConfig['n']
  return {
    model: spec.model,
    messages: [{ role: 'user', content: content(spec) }],
    // An image-only model responds with 404 when asked for text.
    modalities: model.output_modalities.includes('text') ? ['image', 'text'] : ['image'],
    ...(Object.keys(imageConfig).length > 0 && { image_config: imageConfig }),
    ...(spec.seed !== undefined && { seed: spec.seed }),
    ...(spec.provider && { provider: spec.provider }),
    ...(spec.user !== undefined && { user: spec.user }),
    ...(spec.session_id !== undefined && { session_id: spec.session_id }),
    ...(spec.trace && { trace: spec.trace }),
    stream: true,
  }
}

/** Why this spec cannot go over the chat API; `undefined` when it can. */
export function chatObstacle(spec: ImageSpec, model: Pick<ImageModel, 'id' | 'apis'>): SpecIssue | undefined {
  if (spec.size !== undefined) {
    const detail = 'size exists on the images API only: use aspect_ratio and image_size, or set api: images.'
    return specIssue(['size'], detail)
  }
  if (spec.provider?.options) {
    const detail =
      'provider.options exists on the images API only: write the options under image_config, or set api: images.'
    return specIssue(['provider', 'options'], detail)
  }
  const max = chatMaxImages(model)
  if ((spec.n ?? 1) > max) {
    const detail = `n is ${spec.n}, but ${spec.model} generates at most ${max} at a time over the chat API: set api: images, or takes.`
    return specIssue(['n'], detail, max === 1 ? ['1'] : [`1 to ${max}`])
  }
  return undefined
}

/** Text first, then the input images: the order that OpenRouter documents. */
function content({ prompt, input_images }: ImageSpec): string | ContentPart[] {
  if (!input_images) return prompt
  return [
    { type: 'text', text: prompt },
    ...input_images.map((url): ContentPart => ({ type: 'image_url', image_url: { url } })),
  ]
}
