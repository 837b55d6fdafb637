import type { ListedModel } from '../../shared/catalogue/catalogue.ts'
import type { ImageModel, Snapshot } from '../../shared/catalogue/model.ts'

/**
 * The snapshot of a new list. What the old one knows about retirements stays, and a model that has left the list since
 * joins them: those who still use it are told what to use instead.
 *
 * @param models  the live list
 * @param date    `YYYY-MM-DD`, today
 */
export function nextSnapshot(old: Snapshot, models: readonly ListedModel[], date: string): Snapshot {
  const listed = new Set(models.map(({ id }) => id))
  const gone = old.models.filter(({ id }) => !listed.has(id) && !id.startsWith('~'))
  const retirements = {
    ...Object.fromEntries(gone.map(({ id, expiration_date = date }) => [id, { date: expiration_date }])),
    ...old.retirements,
  }
  return {
    date,
    models: models.map(withoutRetirement),
    retirements: Object.fromEntries(Object.entries(retirements).toSorted(([a], [b]) => (a < b ? -1 : 1))),
  }
}

/** Computed from the other fields, and from the day. */
function withoutRetirement({ retirement: _retirement, ...model }: ListedModel): ImageModel {
  return model
}
