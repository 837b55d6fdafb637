import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import type { FileFormat } from '../config/file-format.ts'
import type { RasterFormat } from './codecs.ts'

export interface CodecThread {
  /**
   * Runs one of the programs beside this file with an image on disk.
   *
   * @returns what the program posts
   * @throws {Error} with the end of a sentence, when it posts nothing
   */
  run<T>(program: Program, task: { readonly file: string }): Promise<T>
  /** Starts a program, which takes longer than an image, while nothing needs it yet. */
  prepare(program: Program): void
}

type Program = 'convert-worker' | 'thumbhash-worker'

/** A thread keeps the memory that its largest image took, until it ends. */
const KEPT_FILE_MAX_BYTES = 4 * 2 ** 20

/**
 * Decodes on a separate thread, one image at a time: a 4K image takes about 400 MB and a few seconds, and must not
 * hold up the responses that are streaming in. A thread waits for more small images, and ends with a large one.
 */
export function createCodecThread(): CodecThread {
  let last: Promise<unknown> = Promise.resolve()
  let waiting: { readonly program: Program; readonly worker: Worker } | undefined

  async function run<T>(program: Program, task: { readonly file: string }): Promise<T> {
    const { size } = await stat(task.file)
    const worker = await take(program)
    worker.ref()
    try {
      const result = await resultOf<T>(worker, task)
      if (size <= KEPT_FILE_MAX_BYTES) waiting = { program, worker }
      return result
    } finally {
      // One that waits must not keep the process alive.
      if (waiting) worker.unref()
      else await worker.terminate()
    }
  }

  async function take(program: Program): Promise<Worker> {
    const found = waiting
    waiting = undefined
    if (found?.program === program) return found.worker
    await found?.worker.terminate()
    return start(program)
  }

  function start(program: Program): Worker {
    // Next to this file; in `dist/` the build puts it there under the same name.
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
    const worker = new Worker(new URL(`./${program}.${extension}`, import.meta.url))
    // Whoever waits for a result hears of it; a thread that fails while it waits is not used again.
    worker.on('error', () => undefined)
    worker.once('exit', () => {
      if (waiting?.worker === worker) waiting = undefined
    })
    return worker
  }

  return {
    run<T>(program: Program, task: { readonly file: string }) {
      const work = (): Promise<T> => run(program, task)
      const next = last.then(work, work)
      last = next
      return next
    },
    prepare(program) {
      if (waiting) return
      const worker = start(program)
      worker.unref()
      waiting = { program, worker }
    },
  }
}

async function resultOf<T>(worker: Worker, task: object): Promise<T> {
  const over = new AbortController()
  const { signal } = over
  const stopped = once(worker, 'exit', { signal }).then(() => {
    throw new Error('the converter stopped early.')
  })
  // After the result, nobody waits for it.
  stopped.catch(() => undefined)
  try {
    worker.postMessage(task, [])
    const [result] = (await Promise.race([once(worker, 'message', { signal }), stopped])) as [T]
    return result
  } finally {
    over.abort()
  }
}

const RASTER: ReadonlySet<FileFormat | undefined> = new Set(['png', 'jpeg', 'webp'])

/** Whether there is a codec for a format. */
export function isRaster(format: FileFormat | undefined): format is RasterFormat {
  return RASTER.has(format)
}
