import { EaselError } from '../../shared/errors.ts'
import type { ImageMediaType } from '../../shared/media/image.ts'
import type { ResponseSummary } from '../../shared/response/read-response.ts'
import { imagePath } from '../gallery/manifest.ts'
import type { Settings } from '../settings.ts'
import type { JobRequest } from './types.ts'

// One JSON line per event, for Workers Logs and for jq. Never a key, an IP address or, unless asked, a prompt.

export interface GenerationLog {
  /** The error, when there was one. */
  readonly error?: unknown
  /** What the generation counts as, and why the reported cost was not believed. */
  readonly cost: { readonly usd: number; readonly suspicious?: string | undefined }
  /** What came, when there was no error. */
  readonly summary?: Pick<ResponseSummary, 'model' | 'failedModels' | 'problems'>
  /** Of the first image, when there was no error. */
  readonly mediaType?: ImageMediaType | undefined
  /** Milliseconds since the epoch. */
  readonly startedAt: number
}

export function logGeneration(
  { fingerprint, model, prompt, caller }: JobRequest,
  { error, cost, summary, mediaType, startedAt }: GenerationLog,
  { logPrompts }: Pick<Settings, 'logPrompts'>,
): void {
  const outcome = error === undefined ? 'generated' : error instanceof EaselError ? error.code : 'internal'
  const { model: servedBy = model, failedModels, problems = [] } = summary ?? {}
  const line = {
    event: 'generation',
    fingerprint,
    model,
    ...(servedBy !== model && { served_by: servedBy }),
    // Their messages may quote the request.
    ...(failedModels && { failed_models: failedModels.map(({ model: id, code }) => ({ model: id, code })) }),
    outcome,
    ...(mediaType && { path: imagePath(fingerprint, 0, mediaType) }),
    ...(outcome === 'billing_unknown' && { may_have_been_billed: true }),
    // An IP address is nobody's business.
    caller: caller.kind === 'anonymous' ? 'anonymous' : `${caller.kind}:${caller.name}`,
    cost_usd: cost.usd,
    ...(cost.suspicious !== undefined && { suspicious_cost: cost.suspicious }),
    ...(problems.length > 0 && { problems }),
    duration_ms: Date.now() - startedAt,
    ...(logPrompts && { prompt }),
  }
  console.log(JSON.stringify(line))
}
