import { signUrl } from '../../shared/url/sign.ts'
import { imagePath, type Manifest } from '../gallery/manifest.ts'
import type { Settings } from '../settings.ts'

/**
 * The permanent address of an image; signed where nobody sees images without a credential, and then for a week.
 *
 * @param base  any address of this Worker
 */
export async function imageAddress(
  { fingerprint, images }: Pick<Manifest, 'fingerprint' | 'images'>,
  index: number,
  base: string,
  { access, signingKeys }: Pick<Settings, 'access' | 'signingKeys'>,
): Promise<string> {
  const image = images[index]
  if (!image) throw new RangeError(`there is no image ${index}`)
  const url = new URL(imagePath(fingerprint, index, image.media_type), base)
  const [key] = signingKeys
  if (access !== 'private' || !key) return url.href
  return signUrl(url, key)
}
