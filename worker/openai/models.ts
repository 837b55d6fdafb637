import type { Catalogue } from '../../shared/catalogue/catalogue.ts'
import type { ImageModel } from '../../shared/catalogue/model.ts'
import { modelId } from './model-name.ts'

/** `GET /models`, as OpenAI answers it. */
export async function modelList(catalogue: Pick<Catalogue, 'listed'>) {
  return { object: 'list', data: (await catalogue.listed()).map(modelRecord) }
}

/**
 * `GET /models/{id}`.
 *
 * @param name  with or without its author
 * @throws {ModelNotFoundError}
 */
export async function retrieveModel(name: string, catalogue: Pick<Catalogue, 'listed' | 'model'>) {
  return modelRecord((await catalogue.model(await modelId(name, catalogue))).model)
}

function modelRecord({ id, created }: ImageModel) {
  const [author = ''] = id.replace(/^~/, '').split('/')
  return { id, object: 'model', created, owned_by: author }
}
