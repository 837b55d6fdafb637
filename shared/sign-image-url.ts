import { parseDelivery, parseDeliveryOnly, withoutDelivery } from './delivery-parameters.ts'
import { InvalidSpecError } from './errors.ts'
import { parseSpecQuery } from './spec/parse.ts'
import { specIssue } from './spec/spec-issue.ts'
import { namesImage } from './url/image-path.ts'
import { type SigningKey, signUntil, withoutSignature } from './url-signature.ts'

export interface SignedImageUrl {
  readonly url: URL
  readonly expires: Date
}

/**
 * Signs an image's URL, unless the Worker would refuse it every time. A signature that the URL has is replaced.
 *
 * @param expiresInSeconds  1 to `MAX_EXPIRES_IN_SECONDS`
 * @throws {InvalidSpecError} when the path serves no image, or a parameter is wrong
 */
export async function signImageUrl(
  url: URL,
  key: SigningKey,
  expiresInSeconds: number,
): Promise<SignedImageUrl> {
  assertServesImage(url)
  const expires = new Date(Math.floor(Date.now() / 1000 + expiresInSeconds) * 1000)
  return { url: await signUntil(url, key, expires), expires }
}

function assertServesImage({ pathname, searchParams }: URL): void {
  const query = withoutSignature(searchParams)
  if (namesImage(pathname)) {
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
