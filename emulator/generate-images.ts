import type { Fault } from './faults.ts'
import { affectsImage } from './faults.ts'
import type { ParsedRequest } from './parsed-request.ts'
import type { EncodedImage, LoadedImages, Studio } from './studio.ts'
import { encodedImage } from './studio.ts'

const NO_IMAGE = 'These bytes are no image at all, whatever the media type says.\n'

/** The images of a generation, whole or broken as the fault says. */
export async function generateImages(
  request: ParsedRequest,
  fault: Fault,
  loaded: LoadedImages,
  studio: Studio,
): Promise<readonly EncodedImage[]> {
  if (fault.noImage === true || !request.wantsImage) return []
  const count = fault.images ?? request.count
  return Promise.all(
    Array.from({ length: count }, (_, index) => oneImage(request, index, fault, loaded, studio)),
  )
}

async function oneImage(
  request: ParsedRequest,
  index: number,
  fault: Fault,
  loaded: LoadedImages,
  studio: Studio,
): Promise<EncodedImage> {
  const isAffected = affectsImage(fault, index)
  if (isAffected && fault.notAnImage === true) return encodedImage(Buffer.from(NO_IMAGE), 'image/png')
  if (isAffected && fault.lyingMediaType === true) {
    return { ...(await studio.image({ ...request, format: 'jpeg' }, index, loaded)), mediaType: 'image/png' }
  }
  const image = await (fault.bytes === undefined
    ? studio.image(request, index, loaded)
    : studio.noise(fault.bytes))
  if (!isAffected || fault.truncatedImage !== true) return image
  return encodedImage(image.bytes.subarray(0, image.bytes.length >> 1), image.mediaType)
}
