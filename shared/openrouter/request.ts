import type { ImageModel } from '../catalogue/model.ts'
import { UnsupportedByModelError } from '../errors.ts'
import type { ImageSpec } from '../spec/schema.ts'
import { specIssue } from '../spec/spec-issue.ts'
import { buildChatRequest, chatObstacle } from './chat-request.ts'
import { buildImagesRequest } from './images-request.ts'

/** A request, ready to be sent: the path below the base URL, and the JSON body. */
export interface UpstreamRequest {
  readonly path: '/chat/completions' | '/images'
  readonly body: object
}

/**
 * The request that generates `spec`, over one of OpenRouter's two APIs. Pure.
 *
 * `api: auto` means chat, which keeps slow connections alive, unless the spec holds what chat can't carry, or
 * the model is on the images API only.
 *
 * @throws {UnsupportedByModelError} naming a field that the API can't carry
 */
export function buildRequest(spec: ImageSpec, model: ImageModel): UpstreamRequest {
  return chooseApi(spec, model) === 'chat'
    ? { path: '/chat/completions', body: buildChatRequest(spec, model) }
    : { path: '/images', body: buildImagesRequest(spec, model) }
}

/** @throws {UnsupportedByModelError} when the spec names an API that doesn't list the model */
function chooseApi(spec: ImageSpec, model: ImageModel): 'chat' | 'images' {
  if (spec.api === 'chat' || spec.api === 'images') {
    if (model.apis[spec.api]) return spec.api
    const other = spec.api === 'chat' ? 'images' : 'chat'
    const detail = `api is "${spec.api}", but OpenRouter lists ${model.id} on its other API only: set api: ${other}, or leave it out.`
    throw new UnsupportedByModelError(specIssue(['api'], detail, [other]))
  }
  if (!model.apis.images) return 'chat'
  return !model.apis.chat || chatObstacle(spec, model) ? 'images' : 'chat'
}
