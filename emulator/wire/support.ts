import type { Model } from '../catalogue.ts'
import { findModel } from '../catalogue.ts'
import { ApiError } from '../errors.ts'
import type { Format } from '../parsed-request.ts'
import type { Routing } from './parts.ts'

/** Longest prompt, in characters; more is `string_too_long`. */
const MAX_PROMPT = 32_000

/** @throws {ApiError} 404 for an id that OpenRouter doesn't know or no longer serves */
export function requireModel(id: string | undefined): Model {
  if (id === undefined) throw new ApiError(400, { message: 'model: required' })
  const model = findModel(id)
  if (model === undefined) throw new ApiError(404, { message: `${id} is not a valid model ID` })
  if (model.is_retired) throw new ApiError(404, { message: `No endpoints found for ${id}.` })
  return model
}

/** @throws {ApiError} 400 where the model doesn't list the field, or not with this value */
export function requireSupport(
  model: Model,
  parameter: string,
  value: string | number,
  field = parameter,
): void {
  const capability = model.supported_parameters[parameter]
  if (capability === undefined) {
    throw new ApiError(400, { message: `${field} is not supported by ${model.id}` })
  }
  if (capability.type === 'enum' && !capability.values.includes(String(value))) {
    const accepted = capability.values.join(', ')
    throw new ApiError(400, {
      message: `${field}: ${value} is not supported by ${model.id}. Supported: ${accepted}`,
    })
  }
  if (capability.type === 'range' && !(Number(value) >= capability.min && Number(value) <= capability.max)) {
    const range = `${capability.min} to ${capability.max}`
    throw new ApiError(400, {
      message: `${field}: ${value} is not supported by ${model.id}. Supported: ${range}`,
    })
  }
}

/** Ignored by models that list no quality. @throws {ApiError} 400 where the model lists others */
export function requireQuality(model: Model, quality: string | undefined, field: string): void {
  if (quality === undefined || model.supported_parameters['quality'] === undefined) return
  requireSupport(model, 'quality', quality, field)
}

/** @throws {ApiError} 400 for a field that only some providers take, and this one doesn't */
export function requirePassthrough(model: Model, key: string, field: string): void {
  if (model.provider.allowed_passthrough_parameters.includes(key)) return
  throw new ApiError(400, { message: `${field} is not supported by ${model.id}` })
}

/** @throws {ApiError} 404 when the routing leaves no provider */
export function requireProvider(model: Model, routing: Routing | undefined): void {
  if (routing === undefined) return
  const isOurs = (name: string): boolean =>
    [model.provider.provider_slug, model.provider.provider_name].some(
      (own) => own.toLowerCase() === name.toLowerCase(),
    )
  const [only, order, ignore] = [routing.only ?? [], routing.order ?? [], routing.ignore ?? []]
  const excluded =
    (only.length > 0 && !only.some(isOurs)) ||
    ignore.some(isOurs) ||
    (routing.allow_fallbacks === false && order.length > 0 && !order.some(isOurs))
  if (excluded)
    throw new ApiError(404, { message: 'No allowed providers are available for the selected model.' })
}

/** @throws {ApiError} 400 */
export function requirePrompt(prompt: string): void {
  if (prompt.trim() === '')
    throw new ApiError(400, { type: 'invalid_prompt', message: 'The prompt is empty' })
  if (prompt.length > MAX_PROMPT) {
    throw new ApiError(400, {
      type: 'string_too_long',
      message: `The prompt is longer than ${MAX_PROMPT} characters`,
    })
  }
}

/** What a model generates unless the request names a format. */
export function defaultFormat(model: Model): Format {
  const formats = model.supported_parameters['output_format']
  return formats?.type === 'enum' && formats.values[0] === 'svg' ? 'svg' : 'png'
}

/** @throws {ApiError} 400 */
export function requireAlpha(transparent: boolean, format: Format): void {
  if (transparent && format === 'jpeg') {
    throw new ApiError(400, { message: 'background: transparent requires an output_format of png or webp' })
  }
}
