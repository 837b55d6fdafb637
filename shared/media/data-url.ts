import { latin1Bytes, utf8Bytes } from './bytes.ts'

/** What a `data:` URL holds. */
export interface DataUrl {
  readonly mediaType: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

/**
 * Decodes a `data:` URL (RFC 2397), base64 or percent-encoded.
 *
 * @returns `undefined` when it isn't one, or its base64 is broken
 */
export function parseDataUrl(url: string): DataUrl | undefined {
  const match = /^data:([^,;]*)((?:;[^,;]*)*),/i.exec(url)
  if (!match) return undefined
  const mediaType = (match[1] || 'text/plain').toLowerCase()
  const isBase64 = /;\s*base64\s*$/i.test(match[2] ?? '')
  const body = url.slice(match[0].length)
  try {
    const bytes = isBase64 ? latin1Bytes(atob(percentDecoded(body))) : utf8Bytes(decodeURIComponent(body))
    return { mediaType, bytes }
  } catch {
    // `atob` and `decodeURIComponent` throw on malformed input only.
    return undefined
  }
}

/** Most base64 holds no percent sign, and is large: look before copying it. */
function percentDecoded(body: string): string {
  return body.includes('%') ? decodeURIComponent(body) : body
}
