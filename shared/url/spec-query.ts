import type { ImageSpecInput } from '../spec/schema.ts'
import { isRepeated, type RepeatedField, writeNumber } from './query-values.ts'

/** The fields of a spec that fit into a URL. */
export type UrlSpec = Pick<ImageSpecInput, ScalarField> & {
  readonly [F in RepeatedField]?: readonly string[] | undefined
}

type ScalarField = {
  [F in keyof ImageSpecInput]-?: ImageSpecInput[F] extends string | number | undefined ? F : never
}[keyof ImageSpecInput]

/**
 * Writes a spec as the query of `/image`, for `parseSpecQuery` to read.
 *
 * @throws {TypeError} naming a field that does not fit into a URL
 */
export function specToQuery(spec: UrlSpec): URLSearchParams {
  const query = new URLSearchParams()
  for (const [field, value] of Object.entries(spec)) {
    // A resolved spec names the first model twice.
    if (value === undefined || (field === 'model' && spec.models)) continue
    for (const item of isRepeated(field) ? (spec[field] ?? []) : [value]) {
      if (typeof item === 'object') throw new TypeError(`${field} does not fit into a URL.`)
      query.append(field, typeof item === 'number' ? writeNumber(item) : item)
    }
  }
  return query
}
