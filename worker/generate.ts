import { checkCapabilities } from '../shared/catalogue/capabilities.ts'
import type { Catalogue } from '../shared/catalogue/catalogue.ts'
import type { Fingerprint } from '../shared/fingerprint.ts'
import type { OpenRouterClient } from '../shared/openrouter/client.ts'
import { collect } from '../shared/openrouter/collect.ts'
import type { ImageSpec } from '../shared/spec/schema.ts'
import { type ImageStore, sha256OfPicture } from './image-store.ts'

/** What drawing needs of the outside. */
export interface GeneratePorts {
  readonly store: ImageStore
  readonly catalogue: Catalogue
  readonly client: OpenRouterClient
}

/**
 * Draws `spec` and keeps every picture of it; index 0 last, so that once it is there, all are.
 *
 * @throws {EaselError} when the model can't, or OpenRouter doesn't; nothing is stored then
 */
export async function generate(
  spec: ImageSpec,
  fingerprint: Fingerprint,
  { store, catalogue, client }: GeneratePorts,
): Promise<void> {
  const { model } = await catalogue.model(spec.model)
  checkCapabilities(spec, model)
  const generation = await collect(client.generate(spec, model))
  for (const [index, picture] of [...generation.pictures.entries()].toReversed()) {
    await store.put(picture, {
      ...picture,
      fingerprint,
      index,
      sha256: await sha256OfPicture(picture),
      model: generation.model ?? spec.model,
      costUsd: generation.usage?.costUsd,
      created: new Date(),
    })
  }
}
