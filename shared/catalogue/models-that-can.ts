import { UnsupportedByModelError } from '../errors.ts'
import type { ImageSpec } from '../spec/schema.ts'
import { checkCapabilities } from './capabilities.ts'
import type { Catalogue } from './catalogue.ts'
import type { ImageModel } from './model.ts'

/** More would be a catalogue, which other commands and routes are for. */
const MAX_MODELS = 3

/**
 * {@link checkCapabilities}, with models that can in the error.
 *
 * @throws {UnsupportedByModelError}
 */
export async function assertModelCan(
  spec: ImageSpec,
  model: ImageModel,
  catalogue: Pick<Catalogue, 'listed'>,
): Promise<void> {
  try {
    checkCapabilities(spec, model)
  } catch (error) {
    if (!(error instanceof UnsupportedByModelError)) throw error
    throw await naming(error, model, catalogue, (peer) =>
      checkCapabilities({ ...spec, model: peer.id }, peer),
    )
  }
}

/**
 * The error, with up to three models that can do what `model` can't; those of the same author first.
 *
 * @param assert  throws when a model can't
 */
export async function naming(
  error: UnsupportedByModelError,
  model: ImageModel,
  catalogue: Pick<Catalogue, 'listed'>,
  assert: (peer: ImageModel) => void,
): Promise<UnsupportedByModelError> {
  const able = (await catalogue.listed()).filter((peer) => {
    try {
      assert(peer)
      return true
    } catch {
      return false
    }
  })
  const author = authorOf(model.id)
  const models = able
    .map(({ id }) => id)
    .toSorted((a, b) => Number(authorOf(b) === author) - Number(authorOf(a) === author))
    .slice(0, MAX_MODELS)
  return models.length > 0 ? new UnsupportedByModelError(error.issue, models) : error
}

function authorOf(id: string): string {
  return id.slice(0, id.indexOf('/'))
}
