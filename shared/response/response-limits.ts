const MIB = 2 ** 20
export const IMAGE_MAX_BYTES = 64 * MIB
const IMAGES_MAX_BYTES = 256 * MIB

/** Of a whole body, as sent: base64 of that many images, previews, and JSON around them. */
export const BODY_MAX_BYTES = 512 * MIB

/** The response is larger than any that Easel reads. */
export class ResponseLimitError extends Error {
  override readonly name = 'ResponseLimitError'
}

/** @throws {ResponseLimitError} */
export function assertWithinLimits(sizes: {
  readonly imageBytes: number
  readonly allImagesBytes: number
}): void {
  if (sizes.imageBytes > IMAGE_MAX_BYTES) {
    throw new ResponseLimitError(`an image is larger than ${IMAGE_MAX_BYTES / MIB} MiB`)
  }
  if (sizes.allImagesBytes > IMAGES_MAX_BYTES) {
    throw new ResponseLimitError(`its images are larger than ${IMAGES_MAX_BYTES / MIB} MiB together`)
  }
}
