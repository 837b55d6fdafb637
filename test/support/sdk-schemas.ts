import {
  ChatRequest$outboundSchema,
  chatResultFromJSON,
  chatStreamChunkFromJSON,
  generationResponseFromJSON,
  ImageGenerationRequest$outboundSchema,
  ImageGenerationRequestAspectRatio,
  ImageGenerationRequestBackground,
  ImageGenerationRequestOutputFormat,
  ImageGenerationRequestQuality,
  ImageGenerationRequestResolution,
  imageGenerationResponseFromJSON,
  imageModelEndpointsResponseFromJSON,
  imageModelsListResponseFromJSON,
  imageStreamingResponseFromJSON,
  modelsListResponseFromJSON,
} from '@openrouter/sdk/models'
import * as errors from '@openrouter/sdk/models/errors'
import { getCurrentKeyResponseFromJSON } from '@openrouter/sdk/models/operations'
import type * as z from 'zod'

/** OpenRouter's own schemas, from its SDK: they come with the repository. */
const RESPONSES = {
  ChatResult: chatResultFromJSON,
  ChatStreamChunk: chatStreamChunkFromJSON,
  ImageGenerationResponse: imageGenerationResponseFromJSON,
  ImageStreamingResponse: imageStreamingResponseFromJSON,
  ModelsListResponse: modelsListResponseFromJSON,
  ImageModelsListResponse: imageModelsListResponseFromJSON,
  ImageModelEndpointsResponse: imageModelEndpointsResponseFromJSON,
  GenerationResponse: generationResponseFromJSON,
  GetCurrentKeyResponse: getCurrentKeyResponseFromJSON,
} as const

export type SdkResponse = keyof typeof RESPONSES

/** What the SDK finds wrong with a response; empty when it reads it. */
export function responseProblems(name: SdkResponse, value: unknown): readonly string[] {
  const read = RESPONSES[name](JSON.stringify(value))
  return read.ok ? [] : [JSON.stringify(read.error.rawValue), read.error.message]
}

const ERRORS = {
  400: errors.BadRequestResponseError$inboundSchema,
  401: errors.UnauthorizedResponseError$inboundSchema,
  402: errors.PaymentRequiredResponseError$inboundSchema,
  403: errors.ForbiddenResponseError$inboundSchema,
  404: errors.NotFoundResponseError$inboundSchema,
  413: errors.PayloadTooLargeResponseError$inboundSchema,
  422: errors.UnprocessableEntityResponseError$inboundSchema,
  429: errors.TooManyRequestsResponseError$inboundSchema,
  500: errors.InternalServerResponseError$inboundSchema,
  502: errors.BadGatewayResponseError$inboundSchema,
  503: errors.ServiceUnavailableResponseError$inboundSchema,
  524: errors.EdgeNetworkTimeoutResponseError$inboundSchema,
  529: errors.ProviderOverloadedResponseError$inboundSchema,
} as const

export type SdkErrorStatus = keyof typeof ERRORS
export const SDK_ERROR_STATUSES = Object.keys(ERRORS).map(Number) as SdkErrorStatus[]

/** What the SDK finds wrong with an error body. It wants the response beside it. */
export function errorProblems(status: SdkErrorStatus, body: object): readonly string[] {
  const response = new Response(null, { status: status === 524 || status === 529 ? 500 : status })
  return issuesOf(
    ERRORS[status].safeParse({
      ...body,
      request$: new Request('https://x.example'),
      response$: response,
      body$: '',
    }),
  )
}

const REQUESTS = {
  '/chat/completions': ChatRequest$outboundSchema,
  '/images': ImageGenerationRequest$outboundSchema,
} as const

/** The SDK's enumerations are open; what stands in them is what OpenRouter documents. */
export const SDK_VALUES = {
  aspect_ratio: Object.values(ImageGenerationRequestAspectRatio),
  background: Object.values(ImageGenerationRequestBackground),
  output_format: Object.values(ImageGenerationRequestOutputFormat),
  quality: Object.values(ImageGenerationRequestQuality),
  resolution: Object.values(ImageGenerationRequestResolution),
} as const

/** What the SDK finds wrong with a body: wrong types, fields that it doesn't know, and values that aren't documented. */
export function requestProblems(path: keyof typeof REQUESTS, body: object): readonly string[] {
  const parsed = REQUESTS[path].safeParse(sdkForm(body))
  if (!parsed.success) return issuesOf(parsed)
  const lost = lostFields(body, parsed.data).map((field) => `${field} is not a field`)
  const odd = Object.entries(SDK_VALUES).filter(([field, values]) => {
    const value: unknown = Reflect.get(body, field)
    return value !== undefined && !values.some((known) => known === value)
  })
  return [...lost, ...odd.map(([field]) => `${field} has another value`)]
}

/** Records, whose keys are the caller's own. */
const RECORDS = new Set(['image_config', 'options'])

/** A body as the SDK takes it: with its names in camel case. */
function sdkForm(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sdkForm)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      camelCase(key),
      key === 'options' ? slugsInCamelCase(inner) : RECORDS.has(key) ? inner : sdkForm(inner),
    ]),
  )
}

function slugsInCamelCase(options: unknown): unknown {
  return Object.fromEntries(
    Object.entries(options as object).map(([slug, inner]): [string, unknown] => [camelCase(slug), inner]),
  )
}

function camelCase(name: string): string {
  return name.replaceAll(/[_-]([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/** Paths of what is in `before` and not the same in `after`. */
function lostFields(before: unknown, after: unknown, path = ''): string[] {
  if (typeof before !== 'object' || before === null) return before === after ? [] : [path]
  const left: object = typeof after === 'object' && after !== null ? after : {}
  return Object.entries(before).flatMap(([key, value]) =>
    lostFields(value, Reflect.get(left, key), `${path}/${key}`),
  )
}

function issuesOf({ error }: z.ZodSafeParseResult<unknown>): readonly string[] {
  return error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ?? []
}
