import { Worker } from 'node:worker_threads'
import { identifyImage, type DecodedImage } from '../../shared/media/image.ts'
import type { FileFormat } from '../config/file-format.ts'
import type { Conversion, Converted, RasterFormat } from './convert-worker.ts'

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

const RASTER: ReadonlySet<FileFormat | undefined> = new Set(['png', 'jpeg', 'webp'])

/** Looks the same as the original on a page. */
const DEFAULT_QUALITY = 90

/**
 * Converts on a separate thread, one image at a time: a 4K image takes about 400 MB and a few seconds, and must not
 * hold up the responses that are streaming in. Each thread ends with its image, which frees its memory.
 */
export function createConverter(): Convert {
  let last: Promise<unknown> = Promise.resolve()

  return ({ file, from, to, quality = DEFAULT_QUALITY }) => {
    if (!isRaster(from) || !isRaster(to))
      return Promise.reject(new Error(`Easel can’t convert that to ${to}.`))
    const convert = (): Promise<DecodedImage> => convertOnThread({ file, from, to, quality })
    const next = last.then(convert, convert)
    last = next
    return next
  }
}

async function convertOnThread(conversion: Conversion): Promise<DecodedImage> {
  // Next to this file; in `dist/` the build puts it there under the same name.
  const program = import.meta.url.endsWith('.ts') ? './convert-worker.ts' : './convert-worker.js'
  const worker = new Worker(new URL(program, import.meta.url), { workerData: conversion })
  try {
    const { bytes } = await new Promise<Converted>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
      worker.once('exit', () => reject(new Error('the converter stopped early.')))
    })
    const converted = identifyImage([bytes])
    if (!converted) throw new Error('the converter returned no image.')
    return converted
  } finally {
    await worker.terminate()
  }
}

function isRaster(format: FileFormat | undefined): format is RasterFormat {
  return RASTER.has(format)
}
