import { parentPort } from 'node:worker_threads'
import { rgbaToThumbHash } from 'thumbhash'
import { decode, type Pixels, type RasterFormat } from './codecs.ts'

// The program of a thread that computes thumbhashes.

export interface Hashing {
  readonly file: string
  readonly format: RasterFormat
}

export interface Hashed {
  /** Base64. */
  readonly thumbhash: string
}

/** The longest side that a thumbhash is computed from, pixels. Its format allows no more. */
const SIDE_MAX_PX = 100

// What fails ends the thread, which says why.
parentPort?.on('message', (hashing: Hashing) => void hash(hashing))

async function hash({ file, format }: Hashing): Promise<void> {
  const { width, height, data } = scaledDown(await decode(file, format))
  const thumbhash = Buffer.from(rgbaToThumbHash(width, height, data)).toString('base64')
  parentPort?.postMessage({ thumbhash } satisfies Hashed, [])
}

/** Each pixel is the mean of those that it stands for; transparent ones have no colour. */
function scaledDown(image: Pixels): Pixels {
  const scale = Math.min(1, SIDE_MAX_PX / Math.max(image.width, image.height))
  const size = (length: number): number => Math.max(1, Math.round(length * scale))
  const [columns, rows] = [size(image.width), size(image.height)]
  const sums = new Float64Array(columns * rows * 4)
  const counts = new Float64Array(columns * rows)
  for (let y = 0; y < image.height; y++) {
    const row = Math.floor((y * rows) / image.height) * columns
    for (let x = 0; x < image.width; x++) {
      const from = (y * image.width + x) * 4
      const cell = row + Math.floor((x * columns) / image.width)
      const opacity = image.data[from + 3] ?? 0
      for (let colour = 0; colour < 3; colour++)
        sums[cell * 4 + colour] = (sums[cell * 4 + colour] ?? 0) + (image.data[from + colour] ?? 0) * opacity
      sums[cell * 4 + 3] = (sums[cell * 4 + 3] ?? 0) + opacity
      counts[cell] = (counts[cell] ?? 0) + 1
    }
  }
  const scaled = new Uint8ClampedArray(columns * rows * 4)
  for (let cell = 0; cell < columns * rows; cell++) {
    const opacity = sums[cell * 4 + 3] ?? 0
    for (let colour = 0; colour < 3; colour++)
      scaled[cell * 4 + colour] = (sums[cell * 4 + colour] ?? 0) / (opacity || 1)
    scaled[cell * 4 + 3] = opacity / (counts[cell] ?? 1)
  }
  return { width: columns, height: rows, data: scaled }
}
