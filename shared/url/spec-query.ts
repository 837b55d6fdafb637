import { InvalidSpecError } from '../errors.ts'
import type { ImageSpecInput } from '../spec/schema.ts'
import { specIssue } from '../spec/spec-issue.ts'
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
 * @throws {InvalidSpecError} naming a field that does not fit into a URL
 */
export function specToQuery(spec: ImageSpecInput | UrlSpec): URLSearchParams {
  const query = new URLSearchParams()
  for (const [field, value] of Object.entries(spec)) {
    // A resolved spec names the first model twice.
    if (value === undefined || (field === 'model' && spec.models)) continue
    if (isRepeated(field)) {
      for (const item of spec[field] ?? []) query.append(field, item)
    } else if (typeof value !== 'object') {
      query.append(field, typeof value === 'number' ? writeNumber(value) : String(value))
    } else {
      const detail = `${field} does not fit into a URL: generate the image with POST /v1/images, and link to it by its fingerprint.`
      throw new InvalidSpecError([specIssue([field], detail)])
    }
  }
  return query
}
