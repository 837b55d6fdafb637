import type { ImageModel, Snapshot } from './model.ts'

const DAY_MS = 86_400_000

/** How long before a retirement Easel starts to warn. */
const NOTICE_DAYS = 60

/** When a snapshot counts as old, days. */
const SNAPSHOT_MAX_DAYS = 90

/** The end of a model. */
export interface Retirement {
  /** `YYYY-MM-DD`: its last day. */
  readonly date: string
  /** The model to use instead, where that is known. */
  readonly successor?: string
}

/**
 * When a model retires, or retired: what the list says, else what the snapshot knows. An alias never retires: it moves.
 *
 * @param models  the list, to find the alias of the model's family in
 */
export function retirementOf(
  model: Pick<ImageModel, 'id' | 'alias_target' | 'expiration_date'>,
  models: Iterable<ImageModel>,
  { retirements }: Pick<Snapshot, 'retirements'>,
): Retirement | undefined {
  if (model.alias_target || model.id.startsWith('~')) return undefined
  const known = retirements?.[model.id]
  const date = model.expiration_date ?? known?.date
  if (date === undefined) return undefined
  const successor = known?.successor ?? successorByAlias(model.id, models)
  return { date, ...(successor !== undefined && { successor }) }
}

/** A sentence for the user from sixty days before the end on; `undefined` before that. */
export function retirementWarning(
  id: string,
  { date, successor }: Retirement,
  now: number,
): string | undefined {
  const end = Date.parse(date) + DAY_MS
  if (end - now > NOTICE_DAYS * DAY_MS) return undefined
  const advice = successor === undefined ? 'Choose another model.' : `Use ${successor}.`
  const what =
    now < end ? `will be retired after ${date}` : `was retired on ${date}, and may stop working at any time`
  return `${id} ${what}. ${advice}`
}

/** What to say once OpenRouter no longer has a model. */
export function retiredText(id: string, { date, successor }: Retirement): string {
  const advice = successor === undefined ? 'Choose another model.' : `Use ${successor}.`
  return `${id} was retired on ${date}, and OpenRouter no longer has it. ${advice}`
}

/** A sentence for the user when a snapshot is old; `undefined` while it isn't. */
export function snapshotWarning({ date }: Pick<Snapshot, 'date'>, now: number): string | undefined {
  const days = Math.floor((now - Date.parse(date)) / DAY_MS)
  if (days <= SNAPSHOT_MAX_DAYS) return undefined
  return `The model list that ships with Easel is ${days} days old (${date}): models, prices and retirements may have changed. Update Easel.`
}

/** The model that the alias of the family means. */
function successorByAlias(id: string, models: Iterable<ImageModel>): string | undefined {
  for (const { id: alias, alias_target } of models) {
    if (alias_target && alias_target.slug !== id && familyOf(alias) === familyOf(id)) return alias_target.slug
  }
  return undefined
}

/** `google/gemini flash image` for `google/gemini-3.1-flash-image` and `~google/gemini-flash-image-latest`. */
function familyOf(id: string): string {
  const [author = '', slug = ''] = id.replace(/^~/, '').replace(/:.*$/, '').split('/')
  const words = slug.split('-').filter((word) => !/^(v?\d[\d.]*|latest|preview)$/.test(word))
  return `${author}/${words.join(' ')}`
}
