import { identifyImage, type DecodedImage } from '../../shared/media/image.ts'
import type { FileFormat } from '../config/file-format.ts'
import { isRaster, type CodecThread } from './codec-thread.ts'
import type { Conversion, Converted } from './convert-worker.ts'

/**
 * Converts an image on disk to another format, in memory.
 *
 * @throws {Error} with the end of a sentence, when Easel can't convert between the two
 */
export type Convert = (conversion: {
  readonly file: string
  /** `undefined`: a type without a matching extension, such as AVIF. */
  readonly from: FileFormat | undefined
  readonly to: FileFormat
  /** For lossy formats, 0 to 100. */
  readonly quality?: number | undefined
}) => Promise<DecodedImage>

/** Looks the same as the original on a page. */
const DEFAULT_QUALITY = 90

export function createConverter(thread: CodecThread): Convert {
  return async ({ file, from, to, quality = DEFAULT_QUALITY }) => {
    if (!isRaster(from) || !isRaster(to)) throw new Error(`Easel can’t convert that to ${to}.`)
    const conversion: Conversion = { file, from, to, quality }
    const { bytes } = await thread.run<Converted>('convert-worker', conversion)
    const converted = identifyImage([bytes])
    if (!converted) throw new Error('the converter returned no image.')
    return converted
  }
}
