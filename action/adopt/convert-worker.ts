import { parentPort, workerData } from 'node:worker_threads'
import { decode, encode, type RasterFormat } from './codecs.ts'

// The program of a thread that converts the image it is started with.

export interface Conversion {
  readonly file: string
  readonly from: RasterFormat
  readonly to: RasterFormat
  /** For lossy formats, 0 to 100. */
  readonly quality: number
}

export interface Converted {
  readonly bytes: Uint8Array<ArrayBuffer>
}

const { file, from, to, quality } = workerData as Conversion
const bytes = new Uint8Array(await encode(await decode(file, from), to, quality))
parentPort?.postMessage({ bytes } satisfies Converted, [bytes.buffer])
