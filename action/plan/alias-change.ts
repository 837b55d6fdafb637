import type { FittedModel, ReadyImage } from '../config/fit-model.ts'
import type { LockEntry } from '../lock/schema.ts'

/** What a run does about an image whose alias now means another model. */
export type OnAliasChange = 'keep' | 'regenerate'

/** An alias that means another model than when the image was generated. */
export interface AliasChange {
  readonly alias: string
  /** The model that generated the image. */
  readonly from: string
  /** What the alias means now. */
  readonly to: string
}

/** The change, if the image was asked of an alias, and the live list says what that means now. */
export function aliasChangeOf(
  { candidates, source }: Pick<ReadyImage, 'candidates' | 'source'>,
  { model: servedBy, failed_models = [] }: Pick<LockEntry, 'model' | 'failed_models'>,
): AliasChange | undefined {
  const asked: FittedModel | undefined = candidates[failed_models.length]
  const to = asked?.model.alias_target?.slug
  if (!asked || source !== 'live' || to === undefined || servedBy === undefined) return undefined
  if (isVersionOf(to, servedBy)) return undefined
  return { alias: asked.request.model, from: servedBy, to }
}

/** Whether a response means this model: it may add the day of the version, or a variant. */
function isVersionOf(slug: string, servedBy: string): boolean {
  return servedBy.startsWith(slug) && /^(-\d{4}[\d-]*)?(:[\w.-]+)?$/.test(servedBy.slice(slug.length))
}
