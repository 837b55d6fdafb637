import { parseDelivery, parseDeliveryOnly, withoutDelivery } from './delivery-parameters.ts'
import { InvalidSpecError } from './errors.ts'
import { parseSpecQuery } from './spec/parse.ts'
import { specIssue } from './spec/spec-issue.ts'
import { type SigningKey, signUrl, withoutSignature } from './url-signature.ts'

/** A week. */
export const DEFAULT_EXPIRES_IN_SECONDS = 604_800

/** Ten years. A longer validity is a mistake. */
export const MAX_EXPIRES_IN_SECONDS = 315_360_000

/** Paths that name a stored or listed image, and need no spec. */
const BY_NAME = [/^\/i\/[0-9a-f]{64}(\.\d)?(\.[a-z]+)?$/, /^\/named\/.+$/]

export interface SignedImageUrl {
  readonly url: URL
  readonly expires: Date
}

/**
 * Signs an image's URL, unless the Worker would refuse it every time. A signature that the URL has is replaced.
 *
 * @param expiresInSeconds  1 to {@link MAX_EXPIRES_IN_SECONDS}
 * @throws {InvalidSpecError} when the path serves no image, or a parameter is wrong
 */
export async function signImageUrl(
  url: URL,
  key: SigningKey,
  expiresInSeconds: number,
): Promise<SignedImageUrl> {
  assertServesImage(url)
  const expires = new Date(Math.floor(Date.now() / 1000 + expiresInSeconds) * 1000)
  return { url: await signUrl(url, key, expires), expires }
}

function assertServesImage({ pathname, searchParams }: URL): void {
  const query = withoutSignature(searchParams)
  if (BY_NAME.some((pattern) => pattern.test(pathname))) {
    parseDeliveryOnly(query)
    return
  }
  if (pathname !== '/image') {
    const detail = `${pathname} serves no image. What does: /image?prompt=…, /i/<fingerprint>.<ext> and /named/<path or id>.`
    throw new InvalidSpecError([specIssue(['url'], detail)])
  }
  parseDelivery(query)
  // What the Worker's presets and defaults add is not known here.
  parseSpecQuery(withoutDelivery(query))
}
