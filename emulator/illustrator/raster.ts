import { createRequire } from 'node:module'
import type { ResvgRenderOptions } from '@resvg/resvg-js'
import { Resvg, renderAsync } from '@resvg/resvg-js'
import sharp from 'sharp'
import type { Sharp } from 'sharp'
import type { InputImage } from '../inputs.ts'
import type { Composed } from './compose.ts'
import { createRandom } from './random.ts'

const require = createRequire(import.meta.url)

/** Never the machine's own fonts: the same image everywhere. */
const FONT: NonNullable<ResvgRenderOptions['font']> = {
  loadSystemFonts: false,
  fontFiles: [
    require.resolve('@expo-google-fonts/nunito/600SemiBold/Nunito_600SemiBold.ttf'),
    require.resolve('@expo-google-fonts/nunito/800ExtraBold/Nunito_800ExtraBold.ttf'),
  ],
  defaultFontFamily: 'Nunito',
}

/** Pixels above which the drawing is enlarged instead of drawn larger: 4K at any documented ratio is below. */
const MAX_PIXELS = 17_000_000

export interface Pixels {
  /** RGBA, not premultiplied. */
  readonly data: Buffer
  readonly width: number
  readonly height: number
  readonly hasAlpha: boolean
}

export async function rasterise(
  { svg, overlay, styles }: Composed,
  { width, height, transparent }: { width: number; height: number; transparent: boolean },
): Promise<Pixels> {
  const scale = Math.min(1, Math.sqrt(MAX_PIXELS / (width * height)))
  const rendered = await renderAsync(svg, {
    font: FONT,
    fitTo: { mode: 'width', value: Math.round(width * scale) },
  })
  const raw = { width: rendered.width, height: rendered.height, channels: 4 } as const
  const isExact = rendered.width === width && rendered.height === height
  const texture = styles.has('watercolor') ? paper() : styles.has('oil') ? weave() : undefined
  if (isExact && texture === undefined && !styles.has('pixel')) {
    return { data: rendered.pixels, width, height, hasAlpha: transparent }
  }
  let image = sharp(rendered.pixels, { raw })
  if (styles.has('pixel')) image = sharp(await coarse(image, width, height))
  const kernel = styles.has('pixel') ? 'nearest' : 'lanczos3'
  image = image.resize(width, height, { fit: 'fill', kernel })
  if (texture !== undefined && !transparent) {
    image = image.composite([{ input: await texture, tile: true, blend: 'soft-light' }])
  }
  if (overlay !== undefined) {
    const words = await renderAsync(overlay, { font: FONT, fitTo: { mode: 'width', value: width } })
    const size = { width: words.width, height: words.height, channels: 4 } as const
    image = sharp(await image.png({ compressionLevel: 0 }).toBuffer()).composite([
      { input: words.pixels, raw: size },
    ])
  }
  const data = await image.ensureAlpha().raw().toBuffer()
  return { data, width, height, hasAlpha: transparent }
}

/** Game pixels: about 160 along the longer side. */
async function coarse(image: Sharp, width: number, height: number): Promise<Buffer> {
  const factor = Math.max(width, height) / 160
  const [w, h] = [Math.ceil(width / factor), Math.ceil(height / factor)]
  return image
    .resize(w, h, { fit: 'fill', kernel: 'cubic' })
    .png({ palette: true, colours: 48, dither: 0 })
    .toBuffer()
}

/** Pixels of a texture's side. */
const TILE = 256

/** The tooth of watercolour paper. */
function paper(): Promise<Buffer> {
  return tile(
    (x, y, noise) => 128 + (noise - 0.5) * 80 + 14 + Math.sin(x * 0.9) * Math.sin(y * 0.8) * 10,
    0.8,
  )
}

/** The weave of a canvas. */
function weave(): Promise<Buffer> {
  return tile(
    (x, y, noise) =>
      128 + Math.sin((x * Math.PI) / 2) * 26 + Math.sin((y * Math.PI) / 2) * 26 + (noise - 0.5) * 36,
    0.5,
  )
}

function tile(value: (x: number, y: number, noise: number) => number, blur: number): Promise<Buffer> {
  const random = createRandom('texture')
  const data = Buffer.alloc(TILE * TILE)
  for (let at = 0; at < data.length; at += 1) {
    data[at] = Math.max(0, Math.min(255, value(at % TILE, Math.floor(at / TILE), random.between(0, 1))))
  }
  return sharp(data, { raw: { width: TILE, height: TILE, channels: 1 } })
    .blur(blur)
    .png()
    .toBuffer()
}

/** @param compression  0 (smallest) to 100 (best), for JPEG and WebP; PNG has nothing to trade */
export async function encode(
  { data, width, height, hasAlpha }: Pixels,
  format: 'png' | 'jpeg' | 'webp',
  compression: number | undefined,
): Promise<Buffer> {
  const rendered = sharp(data, { raw: { width, height, channels: 4 } })
  const flat = hasAlpha ? rendered : rendered.removeAlpha()
  // 0 is a quality that neither codec accepts.
  const quality = Math.max(1, compression ?? 90)
  if (format === 'jpeg') return flat.jpeg({ quality }).toBuffer()
  if (format === 'webp') return flat.webp({ quality, effort: 2 }).toBuffer()
  return flat.png({ compressionLevel: 3 }).toBuffer()
}

/** SVG that looks the same without our font: text becomes outlines. */
export function outlined(svg: string): string {
  return new Resvg(svg, { font: FONT }).toString()
}

/** Blurred, then clearer: how a diffusion model arrives. */
export async function partials(bytes: Buffer): Promise<readonly Buffer[]> {
  const { width, format } = await sharp(bytes).metadata()
  return Promise.all(
    [48, 12].map(async (factor) => {
      const small = await sharp(bytes)
        .resize(Math.max(8, Math.round(width / factor)))
        .toBuffer()
      const large = sharp(small).resize(width).blur(3)
      return Buffer.from((await large.toFormat(format).toBuffer()).toString('base64'), 'latin1')
    }),
  )
}

/** A small PNG of an input rendered, as a data URL, and its shape. */
export async function thumbnail({
  bytes,
  width,
  height,
}: InputImage): Promise<{ url: string; ratio: number }> {
  const small = await sharp(bytes)
    .resize({ width: 320, height: 320, fit: 'inside', withoutEnlargement: true })
    .png()
    .toBuffer()
  return { url: `data:rendered/png;base64,${small.toString('base64')}`, ratio: width / height }
}
