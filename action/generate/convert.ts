import { Worker } from 'node:worker_threads'
import { identifyPicture, type Picture } from '../../shared/media/picture.ts'
import { type FileFormat, formatOfMediaType } from '../config/file-format.ts'
import type { Conversion, Converted, RasterFormat } from './convert-worker.ts'

/**
 * Turns a picture into another format.
 *
 * @throws {Error} with the end of a sentence, when there is no way from one to the other
 */
export type Convert = (
  picture: Picture,
  format: FileFormat,
  options: { readonly quality?: number | undefined },
) => Promise<Picture>

const RASTER: ReadonlySet<FileFormat | undefined> = new Set(['png', 'jpeg', 'webp'])

/** Of lossy formats, 0 to 100: what eyes don't tell from the original on a page. */
const QUALITY = 90

/**
 * A converter on a thread of its own, one picture at a time: a 4K picture takes about 200 MB and a second while it
 * is converted, and must not hold up the answers that are streaming in. The thread starts with the first picture
 * and ends when nothing is left to do, giving its memory back.
 */
export function createConverter(): Convert {
  let last: Promise<unknown> = Promise.resolve()

  return (picture, format, { quality = QUALITY }) => {
    const from = formatOfMediaType(picture.mediaType)
    if (!isRaster(from) || !isRaster(format)) {
      return Promise.reject(new Error(`Easel can’t make ${format} of it.`))
    }
    const conversion: Conversion = { pieces: picture.segments, from, to: format, quality }
    const next = last.then(
      () => convertOnThread(conversion),
      () => convertOnThread(conversion),
    )
    last = next
    return next
  }
}

async function convertOnThread(conversion: Conversion): Promise<Picture> {
  // Beside this file; in `dist/` the build has put it there under the same name.
  const file = import.meta.url.endsWith('.ts') ? './convert-worker.ts' : './convert-worker.js'
  const worker = new Worker(new URL(file, import.meta.url), { workerData: conversion })
  try {
    const { bytes } = await new Promise<Converted>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
      worker.once('exit', () => reject(new Error('the converter ended early.')))
    })
    const converted = identifyPicture([bytes])
    if (!converted) throw new Error('the converter made no picture of it.')
    return converted
  } finally {
    await worker.terminate()
  }
}

function isRaster(format: FileFormat | undefined): format is RasterFormat {
  return RASTER.has(format)
}
