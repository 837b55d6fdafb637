import type { Fingerprint } from '../../shared/fingerprint.ts'
import type { ImageMediaType } from '../../shared/media/image.ts'
import { signUrl } from '../../shared/url/sign.ts'
import { imagePath } from '../gallery/manifest.ts'
import type { Settings } from '../settings.ts'

/** An image of a generation. */
export interface Addressed {
  readonly fingerprint: Fingerprint
  readonly index: number
  readonly mediaType: ImageMediaType
}

/**
 * The permanent address of an image; signed where nobody sees images without a credential, and then for a week.
 *
 * @param base  any address of this Worker
 */
export async function imageAddress(
  { fingerprint, index, mediaType }: Addressed,
  base: string,
  { access, signingKeys }: Pick<Settings, 'access' | 'signingKeys'>,
): Promise<string> {
  const url = new URL(imagePath(fingerprint, index, mediaType), base)
  const [key] = signingKeys
  return access === 'private' && key ? signUrl(url, key) : url.href
}
