import { Worker } from 'node:worker_threads'
import type { FileFormat } from '../config/file-format.ts'
import type { RasterFormat } from './codecs.ts'

/**
 * Runs one of the programs beside this file with an image on disk.
 *
 * @returns what the program posts
 * @throws {Error} with the end of a sentence, when it posts nothing
 */
export type RunOnThread = <T>(program: 'convert-worker' | 'thumbhash-worker', task: object) => Promise<T>

/**
 * Decodes on a separate thread, one image at a time: a 4K image takes about 400 MB and a few seconds, and must not
 * hold up the responses that are streaming in. Each thread ends with its image, which frees its memory.
 */
export function createCodecThread(): RunOnThread {
  let last: Promise<unknown> = Promise.resolve()

  return <T>(program: string, task: object) => {
    const work = (): Promise<T> => run(program, task)
    const next = last.then(work, work)
    last = next
    return next
  }
}

async function run<T>(program: string, task: object): Promise<T> {
  // Next to this file; in `dist/` the build puts it there under the same name.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const worker = new Worker(new URL(`./${program}.${extension}`, import.meta.url), { workerData: task })
  try {
    return await new Promise<T>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
      worker.once('exit', () => reject(new Error('the converter stopped early.')))
    })
  } finally {
    await worker.terminate()
  }
}

const RASTER: ReadonlySet<FileFormat | undefined> = new Set(['png', 'jpeg', 'webp'])

/** Whether there is a codec for a format. */
export function isRaster(format: FileFormat | undefined): format is RasterFormat {
  return RASTER.has(format)
}
