import type { ImageSpec } from '../../shared/spec/schema.ts'
import type { ReadyImage } from '../config/fit-model.ts'
import { contentName } from '../config/resolve-image.ts'
import { readRegularFile, sha256Of } from '../files/read-file.ts'
import { inWorkspace } from '../files/safe-path.ts'
import { SaveError } from './save-image.ts'

/**
 * The spec to send, with files of the repository as `data:` URLs. Files are read for each request, so that memory
 * holds only the input images of requests in flight.
 *
 * @throws {SaveError} when one of them has changed since the plan
 */
export async function specToSend(root: string, { request, inputs }: ReadyImage): Promise<ImageSpec> {
  if (!request.input_images) return request
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
  return { ...request, input_images: request.input_images.map((url) => urls.get(url) ?? url) }
}
