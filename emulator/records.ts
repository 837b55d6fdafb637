import type { Outcome } from './generation.ts'
import { chargesOf } from './prices.ts'

/** USD that every key may spend, as `/key` says; the emulator never runs out by itself. */
const LIMIT_USD = 100

/** The data of `GET /key`. */
export function keyRecord(key: string, usage: number): object {
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

/** The data of `GET /generation`. */
export function generationRecord(
  { generation, startedAt, streamed, referer, billed }: Outcome,
  finishedAt: number,
): object {
  const { id, request, bill, images, fault, error } = generation
  const { costUsd, upstreamUsd, isByok } = chargesOf(bill, fault)
  const finishReason = error === undefined ? 'stop' : 'error'
  return {
    id,
    upstream_id: null,
    api_type: request.api === 'image' ? 'image' : 'completions',
    model: request.model.id,
    provider_name: request.model.provider.provider_name,
    provider_responses: null,
    created_at: new Date(startedAt).toISOString(),
    data_region: 'global',
    streamed,
    cancelled: false,
    finish_reason: finishReason,
    native_finish_reason: finishReason,
    latency: finishedAt - startedAt,
    generation_time: finishedAt - startedAt,
    moderation_latency: null,
    total_cost: billed ? costUsd : 0,
    usage: billed ? costUsd : 0,
    upstream_inference_cost: billed ? upstreamUsd : null,
    cache_discount: null,
    is_byok: isByok,
    tokens_prompt: bill.promptTokens,
    tokens_completion: bill.completionTokens,
    native_tokens_prompt: bill.promptTokens,
    native_tokens_completion: bill.completionTokens,
    native_tokens_completion_images: bill.imageTokens,
    native_tokens_reasoning: 0,
    native_tokens_cached: 0,
    num_media_prompt: request.inputs.length,
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
