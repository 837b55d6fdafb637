import { namesImage } from './image-path.ts'
import { type SigningKey, signUntil } from '../url-signature.ts'

// The package's entry `./sign`: for servers, because it needs the secret.

export interface SignOptions extends SigningKey {
  /** Seconds, 1 to {@link MAX_EXPIRES_IN_SECONDS}; a week if absent. */
  readonly expiresIn?: number | undefined
}

/** A week. */
export const DEFAULT_EXPIRES_IN_SECONDS = 604_800

/** Ten years. A longer validity is a mistake. */
export const MAX_EXPIRES_IN_SECONDS = 315_360_000

/**
 * Signs an image's URL. Until it expires, anyone who has it can generate and load this one image. A signature that the
 * URL has is replaced.
 *
 * @param url      absolute: `/image?…`, `/i/…` or `/named/…` of a Worker, with all its delivery parameters
 * @param options  `kid` and `secret` are one of the Worker's `EASEL_SIGNING_KEYS`
 * @throws {TypeError} when the URL is not absolute, or serves no image
 * @throws {RangeError} when `expiresIn` is not in its bounds
 */
export async function signUrl(
  url: string | URL,
  { kid, secret, expiresIn = DEFAULT_EXPIRES_IN_SECONDS }: SignOptions,
): Promise<string> {
  const unsigned = new URL(url)
  if (unsigned.pathname !== '/image' && !namesImage(unsigned.pathname))
    throw new TypeError(
      `${unsigned.pathname} serves no image. What does: /image?prompt=…, /i/… and /named/….`,
    )
  if (!(expiresIn >= 1 && expiresIn <= MAX_EXPIRES_IN_SECONDS))
    throw new RangeError(`expiresIn is ${expiresIn}, and must be 1 to ${MAX_EXPIRES_IN_SECONDS} seconds.`)
  const signed = await signUntil(unsigned, { kid, secret }, new Date(Date.now() + expiresIn * 1000))
  return signed.href
}
