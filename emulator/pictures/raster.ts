import { createRequire } from 'node:module'
import type { ResvgRenderOptions } from '@resvg/resvg-js'
import { Resvg, renderAsync } from '@resvg/resvg-js'
import sharp from 'sharp'
import type { InputImage } from '../inputs.ts'
import type { Style } from './reading.ts'

const require = createRequire(import.meta.url)

/** Never the machine's own fonts: the same picture everywhere. */
const FONT: NonNullable<ResvgRenderOptions['font']> = {
  loadSystemFonts: false,
  fontFiles: ['600SemiBold/Nunito_600SemiBold.ttf', '800ExtraBold/Nunito_800ExtraBold.ttf'].map((file) =>
    require.resolve(`@expo-google-fonts/nunito/${file}`),
  ),
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
  svg: string,
  {
    width,
    height,
    transparent,
  }: { width: number; height: number; styles: ReadonlySet<Style>; transparent: boolean },
): Promise<Pixels> {
  const scale = Math.min(1, Math.sqrt(MAX_PIXELS / (width * height)))
  const image = await renderAsync(svg, {
    font: FONT,
    fitTo: { mode: 'width', value: Math.round(width * scale) },
  })
  const raw = { width: image.width, height: image.height, channels: 4 } as const
  if (image.width === width && image.height === height) {
    return { data: image.pixels, width, height, hasAlpha: transparent }
  }
  const data = await sharp(image.pixels, { raw }).resize(width, height, { fit: 'fill' }).raw().toBuffer()
  return { data, width, height, hasAlpha: transparent }
}

/** @param compression  0 (smallest) to 100 (best), for JPEG and WebP; PNG has nothing to trade */
export async function encode(
  { data, width, height, hasAlpha }: Pixels,
  format: 'png' | 'jpeg' | 'webp',
  compression: number | undefined,
): Promise<Buffer> {
  const image = sharp(data, { raw: { width, height, channels: 4 } })
  const flat = hasAlpha ? image : image.removeAlpha()
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

/** A small PNG of an input image, as a data URL, and its shape. */
export async function thumbnail({
  bytes,
  width,
  height,
}: InputImage): Promise<{ url: string; ratio: number }> {
  const small = await sharp(bytes)
    .resize({ width: 320, height: 320, fit: 'inside', withoutEnlargement: true })
    .png()
    .toBuffer()
  return { url: `data:image/png;base64,${small.toString('base64')}`, ratio: width / height }
}
