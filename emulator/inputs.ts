import sharp from 'sharp'
import { ApiError } from './errors.ts'

/** An input image that was fetched and understood. */
export interface InputImage {
  readonly bytes: Buffer
  /** Pixels. */
  readonly width: number
  /** Pixels. */
  readonly height: number
}

/** Bytes of one input image, at most. */
const MAX_BYTES = 20_000_000
const MIN_SIDE = 8
const TIMEOUT_MS = 10_000
const FORMATS = new Set(['png', 'jpeg', 'webp', 'gif'])

const DATA_URL = /^data:([\w.+-]+\/[\w.+-]+);base64,([A-Za-z0-9+/]*={0,2})$/

/**
 * Loads an image that a request refers to.
 *
 * @throws {ApiError} 400 `invalid_image`, `image_too_large`, `image_too_small`, `unsupported_image_format`,
 *                    `image_download_failed`; 404 `image_not_found`
 */
export async function loadInput(url: string, fetchImage: typeof fetch): Promise<InputImage> {
  const bytes = url.startsWith('data:') ? fromDataUrl(url) : await download(url, fetchImage)
  if (bytes.length > MAX_BYTES)
    throw refused('image_too_large', `The image is larger than ${MAX_BYTES} bytes`)
  const found = await sharp(bytes)
    .metadata()
    .catch(() => undefined)
  if (found === undefined) throw refused('invalid_image', 'The image could not be decoded')
  if (!FORMATS.has(found.format)) {
    throw refused('unsupported_image_format', `Images of type ${found.format} are not supported`)
  }
  if (found.width < MIN_SIDE || found.height < MIN_SIDE) {
    throw refused('image_too_small', `The image is smaller than ${MIN_SIDE}x${MIN_SIDE} pixels`)
  }
  if (!(await isWhole(bytes))) throw refused('invalid_image', 'The image is damaged')
  return { bytes, width: found.width, height: found.height }
}

/** Whether all of its pixels can be read; its head says no more than the size. */
async function isWhole(bytes: Buffer): Promise<boolean> {
  return sharp(bytes)
    .resize(1)
    .toBuffer()
    .then(
      () => true,
      () => false,
    )
}

function fromDataUrl(url: string): Buffer {
  const [, type, base64] = DATA_URL.exec(url) ?? []
  if (type === undefined || base64 === undefined || base64 === '') {
    throw refused('invalid_image', 'The data URL of the image is not valid base64')
  }
  if (!type.startsWith('image/')) throw refused('unsupported_image_format', `${type} is not an image type`)
  return Buffer.from(base64, 'base64')
}

async function download(url: string, fetchImage: typeof fetch): Promise<Buffer> {
  if (!/^https?:\/\//.test(url)) throw refused('invalid_image', 'The image must be an http(s) or data URL')
  const response = await fetchImage(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => undefined)
  if (response === undefined) throw refused('image_download_failed', 'The image could not be downloaded')
  if (response.status === 404) {
    throw new ApiError(404, { type: 'image_not_found', message: 'The image could not be found' })
  }
  if (!response.ok)
    throw refused('image_download_failed', `The image could not be downloaded: ${response.status}`)
  return Buffer.from(await response.arrayBuffer())
}

function refused(
  type:
    | 'invalid_image'
    | 'image_too_large'
    | 'image_too_small'
    | 'unsupported_image_format'
    | 'image_download_failed',
  message: string,
): ApiError {
  return new ApiError(400, { type, message })
}
