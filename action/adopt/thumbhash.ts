import type { FileFormat } from '../config/file-format.ts'
import { isRaster, type RunOnThread } from './codec-thread.ts'
import type { Hashed, Hashing } from './thumbhash-worker.ts'

/**
 * The thumbhash of an image on disk, base64. `undefined` if Easel can't decode its format, or the image: then pages
 * have no placeholder.
 */
export type Thumbhash = (file: string, format: FileFormat | undefined) => Promise<string | undefined>

export function createThumbhash(runOnThread: RunOnThread): Thumbhash {
  return async (file, format) => {
    if (!isRaster(format)) return undefined
    const hashing: Hashing = { file, format }
    try {
      return (await runOnThread<Hashed>('thumbhash-worker', hashing)).thumbhash
    } catch {
      return undefined
    }
  }
}
