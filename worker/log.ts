import { EaselError } from '../shared/errors.ts'
import type { Order } from './job/job-state.ts'
import type { Settings } from './settings.ts'

// One JSON line an event, for Workers Logs and for jq. Never a key, an address or, unless asked, a prompt.

export interface RequestLog {
  readonly method: string
  /** The route's pattern, not the path: a query holds the prompt. */
  readonly route: string
  readonly status: number
  readonly durationMs: number
  readonly fingerprint?: string | undefined
  readonly cache?: string | undefined
  readonly code?: string | undefined
}

export function logRequest({ durationMs, ...rest }: RequestLog): void {
  console.log(JSON.stringify({ event: 'request', ...rest, duration_ms: durationMs }))
}

export interface GenerationLog {
  /** `drawn`, or what went wrong. */
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
    outcome: outcome instanceof EaselError ? outcome.code : outcome === 'drawn' ? outcome : 'internal',
    // An address is nobody's business.
    caller: caller.kind === 'anonymous' ? 'anonymous' : `${caller.kind}:${caller.name}`,
    cost_usd: costUsd,
    duration_ms: durationMs,
    ...(logPrompts && { prompt }),
  }
  console.log(JSON.stringify(line))
}
