import { thumbHashToDataURL } from 'thumbhash'

/**
 * A small blurred PNG of an image, as a `data:` URL, to show until the image is loaded.
 *
 * @param hash  base64, as in `X-Easel-Thumbhash`, the response of `POST /v1/images` and `easel.lock.json`
 * @throws {DOMException} `InvalidCharacterError` when it isn't base64
 */
export function thumbhashToDataUrl(hash: string): string {
  return thumbHashToDataURL(Uint8Array.from(atob(hash), (character) => character.charCodeAt(0)))
}
