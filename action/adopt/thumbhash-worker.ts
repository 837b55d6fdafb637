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

/** Of each pixel that is left, so many are looked at each way: the eye can't tell more from all of them. */
const SAMPLES = 4

/** Each pixel is the mean of what it stands for; transparent ones have no colour. */
function scaledDown({ width, height, data }: Pixels): Pixels {
  const scale = Math.min(1, SIDE_MAX_PX / Math.max(width, height))
  const size = (length: number): number => Math.max(1, Math.round(length * scale))
  const [columns, rows] = [size(width), size(height)]
  const scaled = new Uint8ClampedArray(columns * rows * 4)
  for (let cell = 0; cell < columns * rows; cell++) {
    let [red, green, blue, opacity] = [0, 0, 0, 0]
    for (let sample = 0; sample < SAMPLES ** 2; sample++) {
      const column = (cell % columns) + ((sample % SAMPLES) + 0.5) / SAMPLES
      const row = Math.floor(cell / columns) + (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES
      const at = (Math.floor((row * height) / rows) * width + Math.floor((column * width) / columns)) * 4
      const alpha = data[at + 3] as number
      red += (data[at] as number) * alpha
      green += (data[at + 1] as number) * alpha
      blue += (data[at + 2] as number) * alpha
      opacity += alpha
    }
    scaled[cell * 4] = red / (opacity || 1)
    scaled[cell * 4 + 1] = green / (opacity || 1)
    scaled[cell * 4 + 2] = blue / (opacity || 1)
    scaled[cell * 4 + 3] = opacity / SAMPLES ** 2
  }
  return { width: columns, height: rows, data: scaled }
}
