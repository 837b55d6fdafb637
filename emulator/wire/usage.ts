import type { Generation } from '../generation.ts'
import { chargesOf } from '../prices.ts'
import { INFINITE_PLACEHOLDER } from './serialise.ts'

/** `{usage}` of either API, or nothing. @param promptDetails  the kinds of prompt tokens that the API lists */
export function usagePart(
  { bill, fault }: Generation,
  promptDetails: readonly string[],
): { readonly usage?: object } {
  if (fault.cost === 'noUsage') return {}
  const { costUsd, upstreamUsd, isByok } = chargesOf(bill, fault)
  const usage = {
    prompt_tokens: bill.promptTokens,
    completion_tokens: bill.completionTokens,
    total_tokens: bill.promptTokens + bill.completionTokens,
    ...costPart(fault.cost ?? costUsd),
    is_byok: isByok,
    prompt_tokens_details: Object.fromEntries(promptDetails.map((kind) => [kind, 0])),
    cost_details: {
      upstream_inference_cost: upstreamUsd,
      upstream_inference_prompt_cost: bill.promptCost,
      upstream_inference_completions_cost: bill.completionCost,
    },
    completion_tokens_details: { reasoning_tokens: 0, image_tokens: bill.imageTokens, audio_tokens: 0 },
  }
  return { usage }
}

function costPart(cost: number | 'absent' | 'null' | 'NaN' | 'Infinity'): { readonly cost?: unknown } {
  if (cost === 'absent') return {}
  if (cost === 'null') return { cost: null }
  return { cost: cost === 'Infinity' ? INFINITE_PLACEHOLDER : cost }
}
