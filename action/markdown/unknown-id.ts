import leven from 'leven'
import { few } from '../config/wording.ts'

/** More differences are another name. */
const TYPOS_MAX = 3

/** Of an id. Comparing takes time in proportion to the square of it. */
const COMPARED_CHARACTERS = 60

/** Each takes a look at all ids; nobody reads more. */
const HINTS_MAX = 100

/** Says what may have been meant by an id that no image has. Says less after the first hundred. */
export function createIdHints(ids: readonly string[]): (id: string) => string {
  let hints = 0
  return (id) => {
    if (ids.length === 0) return ': no image has an id.'
    if (++hints > HINTS_MAX) return '.'
    const distances = new Map(ids.map((known) => [known, distanceBetween(known, id)]))
    const nearest = ids.toSorted((a, b) => (distances.get(a) ?? 0) - (distances.get(b) ?? 0))
    const [closest = ''] = nearest
    if ((distances.get(closest) ?? 0) <= TYPOS_MAX) return `: did you mean ${closest}?`
    return `: the ids are ${few(nearest)}.`
  }
}

function distanceBetween(a: string, b: string): number {
  return leven(a.slice(0, COMPARED_CHARACTERS), b.slice(0, COMPARED_CHARACTERS))
}
