import type { ResponseSummary } from '../../shared/response/read-response.ts'
import type { Manifest, ManifestFacts } from '../gallery/manifest.ts'
import type { PendingImage } from './pieces.ts'
import type { JobRequest } from './types.ts'

/** Everything known of a generation that brought at least one whole image. */
export function buildManifest(
  { fingerprint, described, model }: JobRequest,
  images: readonly PendingImage[],
  { generationId, model: servedBy, failedModels, usage, problems }: ResponseSummary,
  text: string,
  created: Date,
): Manifest {
  const facts: ManifestFacts = {
    fingerprint,
    model: servedBy ?? model,
    ...(failedModels && { failed_models: failedModels }),
    images: images.map(({ header: { mediaType, width, height }, byteLength, sha256 }) => ({
      sha256,
      media_type: mediaType,
      width,
      height,
      bytes: byteLength,
    })),
    ...(problems.length > 0 && { problems }),
    ...(usage?.costUsd !== undefined && { cost_usd: usage.costUsd }),
    ...(generationId !== undefined && { generation_id: generationId }),
    ...(usage?.promptTokens !== undefined && {
      usage: { prompt_tokens: usage.promptTokens, completion_tokens: usage.completionTokens ?? 0 },
    }),
    ...(text && { text }),
    created: created.toISOString(),
  }
  return { ...facts, ...described }
}
