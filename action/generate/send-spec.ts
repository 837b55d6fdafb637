import type { ImageSpec } from '../../shared/spec/schema.ts'
import type { Candidates } from '../../shared/openrouter/fallback.ts'
import { buildRequest } from '../../shared/openrouter/request.ts'
import type { FittedModel, ReadyImage } from '../config/fit-model.ts'
import { contentName } from '../config/resolve-image.ts'
import { readRegularFile, sha256Of } from '../files/read-file.ts'
import { inWorkspace } from '../files/safe-path.ts'
import { SaveError } from '../adopt/save-error.ts'

/**
 * The requests to send, one for each model, with files of the repository as `data:` URLs. Files are read for each
 * image, so that memory holds only the input images of requests in flight.
 *
 * @throws {SaveError} when one of them has changed since the plan
 * @throws {UnsupportedByModelError} when no API can carry a spec
 */
export async function requestsFor(root: string, image: ReadyImage): Promise<Candidates> {
  const [first, ...others] = image.candidates
  const urls = await inputUrls(root, image)
  return [candidateOf(first, urls), ...others.map((fitted) => candidateOf(fitted, urls))]
}

function candidateOf({ model, request, retirement }: FittedModel, urls: ReadonlyMap<string, string>) {
  return {
    model: request.model,
    servedBy: model.alias_target?.slug ?? request.model,
    request: buildRequest(withInputs(request, urls), model),
    retirement,
  }
}

function withInputs(spec: ImageSpec, urls: ReadonlyMap<string, string>): ImageSpec {
  if (!spec.input_images) return spec
  return { ...spec, input_images: spec.input_images.map((url) => urls.get(url) ?? url) }
}

/** Files of the repository as `data:` URLs, by their name in the spec. */
async function inputUrls(root: string, { inputs }: ReadyImage): Promise<ReadonlyMap<string, string>> {
  const urls = new Map<string, string>()
  for (const input of inputs) {
    const found = await readRegularFile(inWorkspace(root, input.path))
    const isSame = found.kind === 'file' && sha256Of(found.bytes) === input.sha256
    if (!isSame)
      throw new SaveError(`The input image ${input.path} has changed since the plan: run Easel again.`)
    const base64 = Buffer.from(found.bytes.buffer, found.bytes.byteOffset, found.bytes.byteLength).toString(
      'base64',
    )
    urls.set(contentName(input), `data:${input.mediaType};base64,${base64}`)
  }
  return urls
}
