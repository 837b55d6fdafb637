import { EaselError } from '../../shared/errors.ts'
import type { Order } from './types.ts'
import type { Settings } from '../settings.ts'

// One JSON line an event, for Workers Logs and for jq. Never a key, an address or, unless asked, a prompt.

export interface GenerationLog {
  /** `generated`, or what went wrong. */
  readonly outcome: unknown
  readonly costUsd?: number | undefined
  readonly durationMs: number
}

export function logGeneration(
  { fingerprint, model, prompt, caller }: Order,
  { outcome, costUsd, durationMs }: GenerationLog,
  { logPrompts }: Pick<Settings, 'logPrompts'>,
): void {
  const line = {
    event: 'generation',
    fingerprint,
    model,
    outcome: outcome instanceof EaselError ? outcome.code : outcome === 'generated' ? outcome : 'internal',
    // An address is nobody's business.
    caller: caller.kind === 'anonymous' ? 'anonymous' : `${caller.kind}:${caller.name}`,
    cost_usd: costUsd,
    duration_ms: durationMs,
    ...(logPrompts && { prompt }),
  }
  console.log(JSON.stringify(line))
}
