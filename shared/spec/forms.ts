import * as z from 'zod'
import { isPlainJson, JSON_MAX_DEPTH } from './plain-json.ts'

/** Text that survives UTF-8. A lone surrogate would be sent, and hashed, as a different character. */
export const text = z.string().refine((value) => value.isWellFormed(), 'must be well-formed Unicode')

/** Providers cannot fetch the other schemes that a browser knows (`http:`, `blob:`, `file:`). */
export const httpsUrl = text.refine(isHttpsUrl, 'must be an https URL').meta({ format: 'uri' })

export const imageUrl = text
  .refine((value) => isDataUrl(value) || isHttpsUrl(value), 'must be an https URL or a data: URL of an image')
  .meta({ format: 'uri' })

export const colour = z.tuple([channel(), channel(), channel()])

/** A provider field that Easel does not know: any JSON that can be hashed and sent unchanged. */
export const json = z
  .unknown()
  .refine(isPlainJson, `must be JSON, at most ${JSON_MAX_DEPTH} levels deep, in well-formed Unicode`)

/** `2K`: each has one spelling. */
export const IMAGE_SIZE = /^([1-9]\d?(\.\d{0,2}[1-9])?|0\.\d{0,2}[1-9])K$/

export function isDataUrl(value: string): boolean {
  return value.startsWith('data:')
}

export function isHttpsUrl(value: string): boolean {
  return value.startsWith('https://') && URL.canParse(value)
}

function channel(): z.ZodInt {
  return z.int().min(0).max(255)
}
