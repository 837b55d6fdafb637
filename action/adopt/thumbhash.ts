import type { FileFormat } from '../config/file-format.ts'
import type { LockEntry } from '../lock/schema.ts'
import { type CodecThread, isRaster } from './codec-thread.ts'
import type { Hashed, Hashing } from './thumbhash-worker.ts'

/**
 * The thumbhash of an image on disk, base64. `undefined` if Easel can't decode its format, or the image, or it is too
 * large: then pages have no placeholder.
 */
export type Thumbhash = (
  file: string,
  format: FileFormat | undefined,
  size: Pick<LockEntry, 'width' | 'height' | 'bytes'>,
) => Promise<string | undefined>

/** Decoding larger images would take more memory than everything else. */
const MAX_BYTES = 8 * 2 ** 20
const MAX_PIXELS = 8e6

export function createThumbhash(thread: CodecThread): Thumbhash {
  return async (file, format, { width, height, bytes }) => {
    if (!isRaster(format) || bytes > MAX_BYTES || width * height > MAX_PIXELS) return undefined
    const hashing: Hashing = { file, format }
    try {
      return (await thread.run<Hashed>('thumbhash-worker', hashing)).thumbhash
    } catch {
      return undefined
    }
  }
}
