import { errorHeaders, toProblem } from '../../shared/problem.ts'

/** By status; a status without a type of its own is the request's fault, or from 500 on the server's. */
const TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'insufficient_quota',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
}

/** What OpenAI calls a field of the spec. */
const PARAMS: ReadonlyMap<string, string> = new Map([
  ['input_images', 'image'],
  ['aspect_ratio', 'size'],
  ['image_size', 'size'],
  ['image_config.moderation', 'moderation'],
])

/** OpenAI's `error` object for any thrown value; `code` is Easel's own. */
export function toOpenAiError(error: unknown) {
  const { status, code, detail, field, may_have_been_billed, billed_usd } = toProblem(error)
  return {
    message: detail,
    type: TYPES[status] ?? (status < 500 ? 'invalid_request_error' : 'server_error'),
    param: typeof field === 'string' ? paramOf(field) : null,
    code,
    may_have_been_billed,
    billed_usd,
  }
}

/** The response for any thrown value, before a stream has begun. */
export function openAiErrorResponse(error: unknown): Response {
  const headers = errorHeaders(error)
  headers.set('Content-Type', 'application/json')
  return new Response(JSON.stringify({ error: toOpenAiError(error) }), {
    status: toProblem(error).status,
    headers,
  })
}

function paramOf(field: string): string {
  const [name = field] = field.split('[')
  return PARAMS.get(name) ?? field
}
