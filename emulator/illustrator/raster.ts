import { createRequire } from 'node:module'
import type { ResvgRenderOptions } from '@resvg/resvg-js'
import { Resvg, renderAsync } from '@resvg/resvg-js'
import sharp from 'sharp'
import type { Sharp } from 'sharp'
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

/** SVG that looks the same without our font: text becomes outlines. */
export function outlined(svg: string): string {
  return new Resvg(svg, { font: FONT }).toString()
}
