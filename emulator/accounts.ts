import type { Answer } from './generate.ts'
import { ApiError } from './errors.ts'

/** USD that every key may spend, as `/key` tells; the emulator never runs out by itself. */
const LIMIT_USD = 100

/** How many generations `/generation` remembers. */
const REMEMBERED = 10_000

/** Who spent what. */
export interface Accounts {
  record(
    answer: Answer,
    details: { key: string; startedAt: number; streamed: boolean; referer: string | null },
  ): void
  /** `GET /key` */
  key(key: string): object
  /** `GET /generation`. @throws {ApiError} 404 */
  generation(id: string): object
}

export function createAccounts(now: () => number): Accounts {
  const spent = new Map<string, number>()
  const generations = new Map<string, object>()

  return {
    record(answer, details) {
      spent.set(details.key, (spent.get(details.key) ?? 0) + answer.bill.cost)
      generations.set(answer.id, generationRecord(answer, details, now()))
      const oldest = generations.keys().next().value
      if (generations.size > REMEMBERED && oldest !== undefined) generations.delete(oldest)
    },
    key: (key) => ({ data: keyRecord(key, spent.get(key) ?? 0) }),
    generation(id) {
      const data = generations.get(id)
      if (data === undefined) throw new ApiError(404, { message: `Generation ${id} not found` })
      return { data }
    },
  }
}

/** @throws {ApiError} 401 without `Authorization: Bearer sk-or-…` */
export function requireKey(request: Request): string {
  const header = request.headers.get('authorization')
  if (header === null) throw new ApiError(401)
  const [, key] = /^Bearer (sk-or-\S+)$/i.exec(header) ?? []
  if (key === undefined) throw new ApiError(401, { message: 'User not found.' })
  return key
}

function keyRecord(key: string, usage: number): object {
  return {
    label: `${key.slice(0, 12)}...${key.slice(-3)}`,
    limit: LIMIT_USD,
    limit_remaining: Math.max(0, LIMIT_USD - usage),
    limit_reset: null,
    usage,
    usage_daily: usage,
    usage_weekly: usage,
    usage_monthly: usage,
    byok_usage: 0,
    byok_usage_daily: 0,
    byok_usage_weekly: 0,
    byok_usage_monthly: 0,
    include_byok_in_limit: false,
    is_free_tier: false,
    is_management_key: false,
    is_provisioning_key: false,
    creator_user_id: null,
    expires_at: null,
    // Newer than the OpenAPI document at hand; the official SDK insists on them.
    allowed_data_regions: ['global'],
    free_model_daily_requests: { limit: 50, remaining: 50, used: 0 },
    organization_id: null,
    workspace_id: null,
    rate_limit: { requests: -1, interval: '10s', note: 'This field is deprecated and safe to ignore.' },
  }
}

function generationRecord(
  { id, order, bill, images }: Answer,
  { startedAt, streamed, referer }: { startedAt: number; streamed: boolean; referer: string | null },
  finishedAt: number,
): object {
  return {
    id,
    upstream_id: null,
    api_type: order.api === 'image' ? 'image' : 'completions',
    model: order.model.id,
    provider_name: order.model.provider.provider_name,
    provider_responses: null,
    created_at: new Date(startedAt).toISOString(),
    data_region: 'global',
    streamed,
    cancelled: false,
    finish_reason: 'stop',
    native_finish_reason: 'stop',
    latency: finishedAt - startedAt,
    generation_time: finishedAt - startedAt,
    moderation_latency: null,
    total_cost: bill.cost,
    usage: bill.cost,
    upstream_inference_cost: null,
    cache_discount: null,
    is_byok: false,
    tokens_prompt: bill.promptTokens,
    tokens_completion: bill.completionTokens,
    native_tokens_prompt: bill.promptTokens,
    native_tokens_completion: bill.completionTokens,
    native_tokens_completion_images: bill.imageTokens,
    native_tokens_reasoning: 0,
    native_tokens_cached: 0,
    num_media_prompt: order.inputs.length,
    num_media_completion: images.length,
    num_input_audio_prompt: 0,
    num_search_results: 0,
    num_fetches: 0,
    web_search_engine: null,
    app_id: null,
    origin: referer ?? '',
    http_referer: referer,
    user_agent: null,
    external_user: null,
    preset_id: null,
    request_id: null,
    response_cache_source_id: null,
    router: null,
    service_tier: null,
    session_id: null,
    workspace_id: null,
  }
}
