import type { Delivery, Fit, Format, Gravity } from '../shared/url/index.ts'

/** What image components ask for, in the words that most of them share. Other values mean nothing to Easel. */
export interface Operations {
  /** Pixels. */
  readonly width?: number | string | undefined
  readonly height?: number | string | undefined
  /** 1 to 100. */
  readonly quality?: number | string | undefined
  readonly format?: string | undefined
  readonly fit?: string | undefined
  readonly gravity?: string | undefined
}

const FORMATS: Readonly<Record<string, Format>> = {
  auto: 'auto',
  avif: 'avif',
  webp: 'webp',
  jpg: 'jpeg',
  jpeg: 'jpeg',
  png: 'png',
}

/** CSS has names for what the Worker doesn't do: the image is never distorted. */
const FITS: Readonly<Record<string, Fit>> = {
  cover: 'cover',
  outside: 'cover',
  fill: 'cover',
  contain: 'contain',
  inside: 'contain',
  'scale-down': 'scale-down',
}

const GRAVITIES: Readonly<Record<string, Gravity>> = {
  auto: 'auto',
  center: 'center',
  top: 'top',
  bottom: 'bottom',
  left: 'left',
  right: 'right',
}

const SIDE_MAX_PX = 8192

/** The delivery that a component asks for; `format: 'auto'` unless it names one. */
export function deliveryOf({ width, height, quality, format, fit, gravity }: Operations): Delivery {
  return {
    format: FORMATS[format ?? 'auto'] ?? 'auto',
    w: wholeNumber(width, SIDE_MAX_PX),
    h: wholeNumber(height, SIDE_MAX_PX),
    fit: FITS[fit ?? ''],
    gravity: GRAVITIES[gravity ?? ''],
    q: wholeNumber(quality, 100),
  }
}

/** `undefined` for what isn't a positive number. */
function wholeNumber(value: number | string | undefined, max: number): number | undefined {
  const number = Math.min(max, Math.round(Number(value)))
  return number >= 1 ? number : undefined
}
