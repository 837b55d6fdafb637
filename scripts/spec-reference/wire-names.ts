import { checkCapabilities } from '../../shared/catalogue/capabilities.ts'
import type { ImageModel } from '../../shared/catalogue/model.ts'
import { UnsupportedByModelError } from '../../shared/errors.ts'
import { buildChatRequest } from '../../shared/openrouter/chat-request.ts'
import { buildImagesRequest } from '../../shared/openrouter/images-request.ts'
import type { ImageSpec, SpecField } from '../../shared/spec/schema.ts'

/** Where a field ends up in a request to OpenRouter; `undefined` for an API that does not have it. */
export interface WireNames {
  readonly chat: readonly string[] | undefined
  readonly images: readonly string[] | undefined
}

/** xAI's models are the only ones that take `n` on the chat API, and not every model list has one. */
const XAI = 'x-ai/any'

/** Builds the requests with and without the field, for the first model that accepts it, and compares them. */
export function wireNames(field: SpecField, example: unknown, models: readonly ImageModel[]): WireNames {
  const withXai = [...models, ...models.slice(0, 1).map((model) => ({ ...model, id: XAI }))]
  return {
    chat: pathsOf(field, example, withXai, buildChatRequest),
    images: pathsOf(field, example, models, buildImagesRequest),
  }
}

function pathsOf(
  field: SpecField,
  example: unknown,
  models: readonly ImageModel[],
  build: (spec: ImageSpec, model: ImageModel) => object,
): string[] | undefined {
  for (const model of models) {
    const base: ImageSpec = { prompt: 'x', model: 'author/slug' }
    const spec: ImageSpec = { ...base, [field]: example }
    try {
      checkCapabilities(spec, model)
      return [...added(build(base, model), build(spec, model), field)]
    } catch (error) {
      if (!(error instanceof UnsupportedByModelError)) throw error
    }
  }
  return undefined
}

/** Paths of what `after` has and `before` has not. */
function* added(
  before: unknown,
  after: unknown,
  field: string,
  path: readonly string[] = [],
): Generator<string> {
  if (JSON.stringify(before) === JSON.stringify(after)) return
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    for (const [index, item] of after.entries()) {
      const [last = '', ...rest] = path.toReversed()
      yield* added(before[index], item, field, [...rest.toReversed(), `${last}[${index}]`])
    }
  } else if (isRecord(after) && path.at(-1) !== field && !(path[1] === 'options' && path.length === 3)) {
    for (const [key, value] of Object.entries(after)) {
      yield* added(isRecord(before) ? before[key] : undefined, value, field, [...path, key])
    }
  } else {
    yield printed(path, after, field)
  }
}

/** The third step of `provider.options.recraft.style` depends on the model. */
function printed(path: readonly string[], value: unknown, field: string): string {
  if (path[1] !== 'options') return path.join('.')
  const name = isRecord(value) && field in value ? `.${field}` : ''
  return `provider.options.<provider>${name}`
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
