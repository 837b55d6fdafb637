import type { Catalogue } from '../../shared/catalogue/catalogue.ts'
import { fingerprint as fingerprintOf } from '../../shared/fingerprint.ts'
import { toSpec } from '../dropin/request/chat-to-spec.ts'
import type { Body } from '../dropin/request/raw-body.ts'
import type { ParsedRequest } from '../dropin/request/read-request.ts'
import { withPreviews } from '../routes/with-previews.ts'
import { modelId } from './model-name.ts'
import type { OpenAiBody } from './request-body.ts'

/** Each means: as the model does it by itself. An absent field says the same, and so has the same fingerprint. */
const DEFAULTS: ReadonlySet<string> = new Set(['auto', 'standard'])

/** What the spec calls differently. */
const QUALITIES: ReadonlyMap<string, string> = new Map([['hd', 'high']])

interface Reading {
  readonly catalogue: Pick<Catalogue, 'model' | 'listed'>
  /** Where a request names none. */
  readonly defaultModel: string
}

/**
 * The spec that a request to OpenAI's images API stands for.
 *
 * @param images  `data:` URLs of the images to edit
 * @throws {InvalidSpecError} as for any other spec
 */
export async function readOpenAiRequest(
  body: OpenAiBody,
  images: readonly string[],
  { catalogue, defaultModel }: Reading,
): Promise<ParsedRequest> {
  const model = await modelId(body.model ?? defaultModel, catalogue)
  const { prompt, n, output_format, output_compression, moderation, stream = false } = body
  const { partial_images: partials = 0, user, safety_identifier = user } = body
  const quality = unlessDefault(body.quality)
  const spec = toSpec(
    present({
      model,
      prompt,
      n,
      output_format,
      output_compression,
      size: unlessDefault(body.size),
      quality: quality && (QUALITIES.get(quality) ?? quality),
      background: unlessDefault(body.background),
      user: safety_identifier,
      ...(moderation === 'low' && { image_config: { moderation } }),
      ...(images.length > 0 && { input_images: images }),
    }),
  )
  const sent = stream && partials > 0 ? await withPreviews(spec, catalogue) : spec
  return { fingerprint: await fingerprintOf(spec), model, what: { spec, sent }, stream }
}

function unlessDefault(value: string | undefined): string | undefined {
  return value === undefined || DEFAULTS.has(value) ? undefined : value
}

function present(fields: Body): Body {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
