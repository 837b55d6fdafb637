import { InvalidSpecError } from './errors.ts'
import type { SpecIssue } from './spec/spec-issue.ts'
import { specIssue } from './spec/spec-issue.ts'
import {
  type Delivery,
  FITS,
  type Format,
  FORMATS,
  GRAVITIES,
  type Gravity,
  scaledHeight,
} from './url/delivery.ts'

/** A format that an image can be converted to. */
export type VariantFormat = Exclude<Format, 'auto'>

/** How a request wants an image delivered. None of it is part of the fingerprint. */
export interface DeliveryParameters {
  /** Which image of a generation, from 0; absent when the query does not say. */
  readonly index?: number
  /** Pixels. */
  readonly width?: number
  /** Pixels. */
  readonly height?: number
  /** Which part stays when the image is cropped to the ratio of width and height; absent when all of it fits inside. */
  readonly crop?: Gravity
  /** `auto`: whatever the client's `Accept` prefers. */
  readonly format?: Format
  /** 50 to 100, of lossy formats. */
  readonly quality?: number
  /** The first 16 hex digits of the ETag that the original must have. */
  readonly pin?: string
}

/** Pixels; wider than any image that a model generates. */
export const MAX_WIDTH = 8192

const PIXELS = {
  isValid: (text: string) => /^[1-9]\d{0,3}$/.test(text) && Number(text) <= MAX_WIDTH,
  is: `a whole number of pixels from 1 to ${MAX_WIDTH}`,
}

/** Every quality is rounded up to one of these: each value of its own would be a transformation to pay for. */
const QUALITIES = [50, 65, 75, 85, 95, 100] as const

/** By the name in the query: what a value must be, as a test and as the end of a sentence. */
const PARAMETERS: Readonly<Record<keyof Delivery, Parameter>> = {
  w: { ...PIXELS, isNumber: true },
  h: { ...PIXELS, isNumber: true },
  fit: oneOf(FITS, 'one of'),
  gravity: oneOf(GRAVITIES, 'one of'),
  format: oneOf(FORMATS, 'one of the formats'),
  q: { isValid: (text) => /^([1-9]\d?|100)$/.test(text), is: 'a whole number from 1 to 100', isNumber: true },
  index: { isValid: (text) => /^\d$/.test(text), is: 'a digit: 0 is the first image', isNumber: true },
  v: {
    isValid: (text) => /^[0-9a-f]{16}$/.test(text),
    is: 'the first 16 hex digits of the image’s ETag',
  },
}

/** Their names in the query. */
export const DELIVERY_NAMES: readonly string[] = Object.keys(PARAMETERS)

interface Parameter {
  readonly isValid: (text: string) => boolean
  readonly is: string
  readonly accepts?: readonly string[]
  readonly isNumber?: true
}

function oneOf(accepts: readonly string[], is: string): Parameter {
  return { isValid: (text) => accepts.includes(text), is: `${is}: ${accepts.join(', ')}`, accepts }
}

const NAMES = Object.keys(PARAMETERS) as (keyof Delivery)[]

/** The query without delivery parameters: what is left describes the image. */
export function withoutDelivery(query: URLSearchParams): URLSearchParams {
  if (!NAMES.some((name) => query.has(name))) return query
  const rest = new URLSearchParams(query)
  for (const name of NAMES) rest.delete(name)
  return rest
}

/**
 * The delivery parameters of a query; whatever else it holds is ignored. `q` is rounded up to the next quality that
 * variants are made in, and `w` to the next of `widths`, or the last one if it is wider. `h` keeps its ratio to `w`;
 * alone, it is rounded like `w`.
 *
 * @param widths  those that variants are made in, ascending; where absent, `w` is not rounded
 * @throws {InvalidSpecError} naming each parameter that is wrong, its value and what is accepted
 */
export function parseDelivery(query: URLSearchParams, widths?: readonly number[]): DeliveryParameters {
  const issues: SpecIssue[] = []
  const found: [name: keyof Delivery, value: string | number][] = []
  for (const name of NAMES) {
    if (!query.has(name)) continue
    const { isValid, is, accepts, isNumber } = PARAMETERS[name]
    const values = query.getAll(name)
    const [value = ''] = values
    if (values.length > 1) {
      issues.push(specIssue([name], `${name} is given ${values.length} times: give it once.`))
    } else if (!isValid(value)) {
      const detail = `${name} is ${JSON.stringify(value.slice(0, 40))}, and must be ${is}.`
      issues.push(specIssue([name], detail, accepts))
    } else {
      found.push([name, isNumber ? Number(value) : value])
    }
  }
  const [first, ...rest] = issues
  if (first) throw new InvalidSpecError([first, ...rest])
  const { format, q, index, v, ...size }: Delivery = Object.fromEntries(found)
  return {
    ...sizeOf(size, (pixels) => (widths ? roundUp(pixels, widths) : pixels)),
    ...(format !== undefined && { format }),
    ...(q !== undefined && { quality: roundUp(q, QUALITIES) }),
    ...(index !== undefined && { index }),
    ...(v !== undefined && { pin: v }),
  }
}

/** Without a ratio there is nothing to crop: then `fit` and `gravity` mean nothing, and make no other variant. */
function sizeOf(
  { w, h, fit = 'cover', gravity = 'center' }: Pick<Delivery, 'w' | 'h' | 'fit' | 'gravity'>,
  round: (pixels: number) => number,
): Pick<DeliveryParameters, 'width' | 'height' | 'crop'> {
  if (w === undefined) return h === undefined ? {} : { height: round(h) }
  const width = round(w)
  if (h === undefined) return { width }
  return { width, height: scaledHeight(h, w, width), ...(fit === 'cover' && { crop: gravity }) }
}

/** The delivery parameters of a query that may hold nothing else, because the path names the image. */
export function parseDeliveryOnly(query: URLSearchParams, widths?: readonly number[]): DeliveryParameters {
  const [field] = withoutDelivery(query).keys()
  if (field === undefined) return parseDelivery(query, widths)
  const detail = `${field} has no meaning here. What does: ${NAMES.join(', ')}.`
  throw new InvalidSpecError([specIssue([field], detail)])
}

function roundUp(value: number, steps: readonly number[]): number {
  return steps.find((step) => step >= value) ?? steps.at(-1) ?? value
}
