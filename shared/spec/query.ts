import { InvalidSpecError } from '../errors.ts'
import type { ImageSpecInput } from './schema.ts'
import { specIssue } from './spec-issue.ts'

/**
 * Writes a spec as the query of `/image`, for `parseSpecQuery` to read.
 *
 * @throws {InvalidSpecError} naming a field that does not fit into a URL
 */
export function specToQuery(spec: ImageSpecInput): URLSearchParams {
  const query = new URLSearchParams()
  for (const [field, value] of Object.entries(spec)) {
    // A resolved spec names the first model twice.
    if (field === 'model' && spec.models) continue
    if (field === 'input_images' || field === 'models') {
      for (const item of spec[field] ?? []) query.append(field, item)
    } else if (typeof value !== 'object') {
      query.append(field, String(value))
    } else {
      const detail = `${field} does not fit into a URL: generate the image with POST /v1/images, and link to it by its fingerprint.`
      throw new InvalidSpecError([specIssue([field], detail)])
    }
  }
  return query
}
