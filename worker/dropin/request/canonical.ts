import canonicalize from 'canonicalize'
import { sha256Hex } from '../../../shared/fingerprint.ts'
import { parseDataUrl } from '../../../shared/media/data-url.ts'
import { isDataUrl } from '../../../shared/spec/forms.ts'
import type { Body } from './raw-body.ts'

/** RFC 8785: one text for one value. */
export function canonicalText(value: unknown): string {
  return canonicalize(value) ?? 'null'
}

/** The same value with every `data:` URL in it by its content, `sha256:<hex>`, as in a spec's fingerprint. */
export async function byContent(value: Body): Promise<Body> {
  const entries = await Promise.all(
    Object.entries(value).map(async ([key, inner]) => [key, await contentOf(inner)] as const),
  )
  return Object.fromEntries(entries)
}

async function contentOf(value: unknown): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map(contentOf))
  if (typeof value === 'object' && value !== null) return byContent(value as Body)
  if (typeof value !== 'string' || !isDataUrl(value)) return value
  const data = parseDataUrl(value)
  return data ? `sha256:${await sha256Hex(data.bytes)}` : value
}
