import { Worker } from 'node:worker_threads'
import { identifyImage, type DecodedImage } from '../../shared/media/image.ts'
import type { FileFormat } from '../config/file-format.ts'
import type { Conversion, Converted, RasterFormat } from './convert-worker.ts'

/**
 * Turns an image on disk into another format, in memory.
 *
 * @throws {Error} with the end of a sentence, when there is no way from one to the other
 */
export type Convert = (wish: {
  readonly file: string
  /** `undefined`: a type that no path can have, such as GIF. */
  readonly from: FileFormat | undefined
  readonly to: FileFormat
  /** Of lossy formats, 0 to 100. */
  readonly quality?: number | undefined
}) => Promise<DecodedImage>

const RASTER: ReadonlySet<FileFormat | undefined> = new Set(['png', 'jpeg', 'webp'])

/** What eyes don't tell from the original on a page. */
const DEFAULT_QUALITY = 90

/**
 * A converter on a thread of its own, one image at a time: a 4K image takes about 400 MB and a few seconds, and
 * must not hold up the answers that are streaming in. The thread ends with its image, giving its memory back.
 */
export function createConverter(): Convert {
  let last: Promise<unknown> = Promise.resolve()

  return ({ file, from, to, quality = DEFAULT_QUALITY }) => {
    if (!isRaster(from) || !isRaster(to)) return Promise.reject(new Error(`Easel can’t make ${to} of it.`))
    const convert = (): Promise<DecodedImage> => convertOnThread({ file, from, to, quality })
    const next = last.then(convert, convert)
    last = next
    return next
  }
}

async function convertOnThread(conversion: Conversion): Promise<DecodedImage> {
  // Beside this file; in `dist/` the build has put it there under the same name.
  const program = import.meta.url.endsWith('.ts') ? './convert-worker.ts' : './convert-worker.js'
  const worker = new Worker(new URL(program, import.meta.url), { workerData: conversion })
  try {
    const { bytes } = await new Promise<Converted>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
      worker.once('exit', () => reject(new Error('the converter ended early.')))
    })
    const converted = identifyImage([bytes])
    if (!converted) throw new Error('the converter made no image of it.')
    return converted
  } finally {
    await worker.terminate()
  }
}

function isRaster(format: FileFormat | undefined): format is RasterFormat {
  return RASTER.has(format)
}
