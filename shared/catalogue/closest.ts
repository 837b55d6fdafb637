import leven from 'leven'

const CLOSEST_MAX = 3

/** Up to this share of a name may be mistyped; beyond that it is a different name. */
const TYPO_MAX_RATIO = 0.4

/** Up to three of `ids` that `id` may be a typo of, nearest first. A wrong author counts as one wrong letter. */
export function closestModels(id: string, ids: Iterable<string>): string[] {
  const wanted = withoutVariant(id).toLowerCase()
  return [...ids]
    .map((candidate) => ({ candidate, distance: distanceBetween(wanted, candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= slugOf(wanted).length * TYPO_MAX_RATIO)
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, CLOSEST_MAX)
    .map(({ candidate }) => candidate)
}

/** `author/slug` of `author/slug:variant`. */
export function withoutVariant(id: string): string {
  return id.replace(/:.*$/, '')
}

function distanceBetween(a: string, b: string): number {
  return Math.min(leven(a, b), leven(slugOf(a), slugOf(b)) + 1)
}

function slugOf(id: string): string {
  return id.slice(id.indexOf('/') + 1)
}
