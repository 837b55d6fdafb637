import { baseUrlHint } from '../../shared/openrouter/base-url.ts'
import { UsageError } from './diagnostic.ts'

/** What people copy along with the base URL. */
const ENDPOINT =
  /(\/chat\/completions|(?<=\/v\d+)\/(completions|responses|images(\/generations|\/edits)?|models|key))\/*$/

/**
 * A base URL without a trailing slash.
 *
 * @throws {UsageError} unless it is an https URL, because plain http would expose the key. Loopback addresses may use
 *   http.
 */
export function normaliseBaseUrl(text: string): string {
  const example = 'such as https://openrouter.ai/api/v1'
  if (!URL.canParse(text))
    throw new UsageError(`The base URL is ${JSON.stringify(text)}: it must be a URL ${example}.`)
  const { protocol, hostname, search, hash, username } = new URL(text)
  const isHere = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)
  if (protocol !== 'https:' && !(protocol === 'http:' && isHere)) {
    throw new UsageError(`The base URL is ${text}: it must start with https://, ${example}.`)
  }
  if (search || hash || username) {
    throw new UsageError(`The base URL must have no user, query or fragment, ${example}.`)
  }
  const endpoint = ENDPOINT.exec(text)?.[0]
  if (endpoint !== undefined) {
    throw new UsageError(`The base URL is ${text}: leave out ${endpoint}, which Easel adds.`)
  }
  const hint = baseUrlHint(text)
  if (hint !== undefined) throw new UsageError(`The base URL is ${text}: ${hint}.`)
  return text.replace(/\/+$/, '')
}
