import { InvalidSpecError } from '../errors.ts'
import type { UrlSpec } from '../url/spec-query.ts'
import { type ImageSpecInput, QUERY_FORMS } from './schema.ts'
import { specIssue } from './spec-issue.ts'

/** @throws {InvalidSpecError} naming a field that does not fit into a URL */
export function toUrlSpec(spec: ImageSpecInput): UrlSpec {
  const field = Object.keys(spec).find((name) => QUERY_FORMS.get(name) === 'json')
  if (field === undefined) return spec
  const detail = `${field} does not fit into a URL: generate the image with POST /v1/images, and link to it by its fingerprint.`
  throw new InvalidSpecError([specIssue([field], detail)])
}
