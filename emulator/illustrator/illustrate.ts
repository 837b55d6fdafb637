import { drawAttachments } from './attachments.ts'
import { compose } from './compose.ts'
import { encode } from './encode.ts'
import { outlined, rasterise } from './raster.ts'
import { thumbnail } from './thumbnail.ts'

/** An image that the illustration shows: as a print, or as a swatch. */
export interface AttachedImage {
  /** PNG, JPEG, WebP or GIF. */
  readonly bytes: Buffer
  /** Pixels. */
  readonly width: number
  /** Pixels. */
  readonly height: number
}

/** What to illustrate. The same request gives the same bytes on every machine. */
export interface IllustrationRequest {
  /** Read for light, weather, season, place, things, colours and style; also the caption. */
  readonly prompt: string
  /** Two requests that differ only here give two different images. */
  readonly seed: string
  /** Pixels. */
  readonly width: number
  /** Pixels. */
  readonly height: number
  readonly format: 'png' | 'jpeg' | 'webp' | 'gif' | 'svg'
  /** 0 (smallest file) to 100 (best image), for JPEG and WebP; 90 where absent. */
  readonly compression?: number | undefined
  /** No scene, only the things. */
  readonly transparent?: boolean
  /** `[r, g, b]`, 0–255: the only colours in use. */
  readonly colours?: readonly (readonly number[])[]
  /** `[r, g, b]`, 0–255. */
  readonly backgroundColour?: readonly number[] | undefined
  /** Words that guide the look without standing in the caption. */
  readonly style?: string | undefined
  /** Shown as prints. */
  readonly inputs?: readonly AttachedImage[]
  /** Shown as a row of swatches. */
  readonly references?: readonly AttachedImage[]
  /** Set as titles, whatever the font. */
  readonly fonts?: readonly { readonly font_url: string; readonly text: string }[]
}

export interface IllustrationFile {
  readonly bytes: Buffer
  readonly mediaType: string
  /** The markup, when the file is SVG. */
  readonly svg?: string
}

/** A prompt as a flat, layered illustration: the only door of this folder. */
export async function illustrate(request: IllustrationRequest): Promise<IllustrationFile> {
  const { prompt, seed, width, height, format, compression, backgroundColour, style } = request
  const { transparent = false, colours = [], inputs = [], references = [], fonts = [] } = request
  const [prints, swatches] = await Promise.all([
    Promise.all(inputs.map(thumbnail)),
    Promise.all(references.map(thumbnail)),
  ])
  const composed = compose(
    { prompt, seed, width, height, transparent, colours, backgroundColour, style },
    (stage) => drawAttachments(stage, { prints, swatches, fonts }),
  )
  if (format === 'svg') {
    const svg = outlined(composed.svg)
    return { bytes: Buffer.from(svg), mediaType: 'image/svg+xml', svg }
  }
  const pixels = await rasterise(composed, { width, height, transparent })
  return { bytes: await encode(pixels, format, compression), mediaType: `image/${format}` }
}
