import { parentPort } from 'node:worker_threads'
import { decode, encode, type RasterFormat } from './codecs.ts'

// The program of a thread that converts images.

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

// What fails ends the thread, which says why.
parentPort?.on('message', (conversion: Conversion) => void convert(conversion))

async function convert({ file, from, to, quality }: Conversion): Promise<void> {
  const bytes = new Uint8Array(await encode(await decode(file, from), to, quality))
  parentPort?.postMessage({ bytes } satisfies Converted, [bytes.buffer])
}
