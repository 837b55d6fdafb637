import leven from 'leven'

const CLOSEST_MAX = 3

/** A name further off than this part of its length is another name, not a slip of the pen. */
const SLIP_MAX_RATIO = 0.4

/** Up to three of `ids` that `id` may have been meant as, nearest first. A wrong author counts as one slip. */
export function closestModels(id: string, ids: Iterable<string>): string[] {
  const wanted = withoutVariant(id).toLowerCase()
  return [...ids]
    .map((candidate) => ({ candidate, slips: slipsBetween(wanted, candidate.toLowerCase()) }))
    .filter(({ slips }) => slips <= slugOf(wanted).length * SLIP_MAX_RATIO)
    .toSorted((a, b) => a.slips - b.slips)
    .slice(0, CLOSEST_MAX)
    .map(({ candidate }) => candidate)
}

/** `author/slug` of `author/slug:variant`. */
export function withoutVariant(id: string): string {
  return id.replace(/:.*$/, '')
}

function slipsBetween(a: string, b: string): number {
  return Math.min(leven(a, b), leven(slugOf(a), slugOf(b)) + 1)
}

function slugOf(id: string): string {
  return id.slice(id.indexOf('/') + 1)
}
