import canonicalize from 'canonicalize'
import { InvalidSpecError } from './errors.ts'
import { utf8Bytes } from './media/bytes.ts'
import { parseDataUrl } from './media/data-url.ts'
import { isDataUrl } from './spec/forms.ts'
import type { ImageSpec } from './spec/schema.ts'
import { specIssue } from './spec/spec-issue.ts'

/** Lower-case hex SHA-256, 64 characters: the name of an image. */
export type Fingerprint = string & { readonly __brand: 'Fingerprint' }

/** Names the rules of the fingerprint. Part of what is hashed. */
const DOMAIN = 'easel-spec-v1\n'

/**
 * The name of the image that `spec` describes. Two specs for the same image have the same fingerprint, however they
 * were written; everything that may change the pixels changes it.
 *
 * Local files and `data:` URLs count by their bytes, as `sha256:<hex>`. A value that is already `sha256:<hex>` is left
 * alone, so that a host need not read a file again that it has hashed before.
 *
 * @throws {InvalidSpecError} when a `data:` URL cannot be decoded
 */
export async function fingerprint(spec: ImageSpec): Promise<Fingerprint> {
  const canonical = canonicalize(await canonicalSpec(spec))
  const hex = await sha256Hex(utf8Bytes(DOMAIN + canonical))
  if (!isFingerprint(hex)) throw new TypeError('SHA-256 is 64 hex digits')
  return hex
}

export function isFingerprint(value: string): value is Fingerprint {
  return /^[0-9a-f]{64}$/.test(value)
}

/** Lower-case hex SHA-256 of some bytes. */
export async function sha256Hex(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/**
 * What is hashed: the fields that the pixels depend on, with images by their content.
 *
 * @throws {InvalidSpecError} when a `data:` URL cannot be decoded
 */
export async function canonicalSpec({
  api: _api,
  user: _user,
  session_id: _sessionId,
  trace: _trace,
  model,
  take,
  n,
  provider,
  image_config,
  ...spec
}: ImageSpec): Promise<Record<string, unknown>> {
  const { input_images, super_resolution_references } = spec
  return {
    ...spec,
    // With `models`, the first of them.
    ...(!spec.models && { model }),
    // An empty object means the same as no object.
    ...(provider && Object.keys(provider).length > 0 && { provider }),
    ...(image_config && Object.keys(image_config).length > 0 && { image_config }),
    ...(take !== undefined && take !== 1 && { take }),
    ...(n !== undefined && n !== 1 && { n }),
    ...(input_images && { input_images: await byContent('input_images', input_images) }),
    ...(super_resolution_references && {
      super_resolution_references: await byContent(
        'super_resolution_references',
        super_resolution_references,
      ),
    }),
  }
}

function byContent(field: string, urls: readonly string[]): Promise<string[]> {
  return Promise.all(
    urls.map(async (url, index) => {
      if (!isDataUrl(url)) return url
      const data = parseDataUrl(url)
      if (data) return `sha256:${await sha256Hex(data.bytes)}`
      const detail = `${field}[${index}] is a data: URL that cannot be decoded.`
      throw new InvalidSpecError([specIssue([field, index], detail)])
    }),
  )
}
