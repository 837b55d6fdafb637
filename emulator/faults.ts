import * as z from 'zod'
import { isErrorType } from './errors.ts'

/** Which requests a fault applies to. */
const which = {
  /** How many requests it applies to; without it, every one until the list is replaced. */
  times: z.int().min(1).optional(),
  /** Only requests whose prompt holds this text. */
  match: z.string().optional(),
  /** Only requests whose path holds this text; without it, only the two that generate. */
  path: z.string().optional(),
}

const errors = {
  /** An error of the table in the documentation, with its `error_type` unless another is given. */
  status: z.int().min(400).max(599).optional(),
  errorType: z.string().refine(isErrorType, 'not an OpenRouter error type').optional(),
  message: z.string().optional(),
  retryAfterSeconds: z.int().min(0).optional(),
  /** `Retry-After` is an HTTP date, that many seconds from now. */
  retryAfterDate: z.boolean().optional(),
  /** Adds `availability.retryable` to the error. */
  retryable: z.boolean().optional(),
  /** The HTTP status is 200 and the error stands in the body or in the stream. */
  inBand: z.boolean().optional(),
  /** With `inBand`: the error follows that many whole images. */
  afterImages: z.int().min(1).max(10).optional(),
  /** The provider refuses the content: 400 `content_policy_violation`. */
  refusal: z.boolean().optional(),
}

const billing = {
  /** Whether the generation is billed. Default: yes, but for errors, refusals and silence. */
  billed: z.boolean().optional(),
  /** `GET /generation` finds the generation only after that many 404s. */
  lookupMisses: z.int().min(0).optional(),
  /**
   * What `usage` says the generation cost, in USD, whatever was billed. `Infinity` is written as 1e999, `NaN` as a
   * string; `absent` leaves out the cost, `noUsage` all of `usage`.
   */
  cost: z.union([z.number(), z.enum(['absent', 'null', 'NaN', 'Infinity', 'noUsage'])]).optional(),
  /**
   * True: paid with the user's own provider key. `cost` is OpenRouter's fee, and
   * `cost_details.upstream_inference_cost` what the provider bills. False: the same field is filled although
   * `is_byok` is false, so it must not be added.
   */
  byok: z.boolean().optional(),
}

/**
 * Places in a response: after its head; in the middle of an image's base64; between two images; right before
 * `[DONE]`, or before the last byte of a JSON body.
 */
const place = z.enum(['head', 'image', 'betweenImages', 'end'])

const connection = {
  /** No response, ever. */
  silence: z.boolean().optional(),
  /** The connection is cut there. */
  cutAt: place.optional(),
  /** The connection is cut after this many bytes of the body; at 0, before the head of the response. */
  cutAtByte: z.int().min(0).optional(),
  /** The body ends, properly, after this many bytes. */
  endAtByte: z.int().min(0).optional(),
  /** No bytes come after that place, for `stallMs` or forever. */
  stallAt: place.optional(),
  stallMs: z.int().min(0).max(2_147_483_647).optional(),
  dripBytesPerSecond: z.int().min(1).optional(),
  /** Instead of the emulator's latency, in milliseconds. */
  latencyMs: z.int().min(0).optional(),
}

const images = {
  /** Which image `base64`, `lyingMediaType`, `notAnImage`, `truncatedImage`, `cutAt` … mean, from 0. Default: all. */
  imageIndex: z.int().min(0).max(9).optional(),
  /** The base64 holds a foreign character, too much padding, or a line break every 76 characters. */
  base64: z.enum(['characters', 'padding', 'whitespace']).optional(),
  /** Says PNG and is JPEG. */
  lyingMediaType: z.boolean().optional(),
  /** The bytes are no image. */
  notAnImage: z.boolean().optional(),
  /** The base64 is valid, and the file that it holds is cut in the middle. */
  truncatedImage: z.boolean().optional(),
  /** The base64 never ends. */
  endlessImage: z.boolean().optional(),
  /** The model only writes. */
  noImage: z.boolean().optional(),
  /** That many images, whatever the request asks for. */
  images: z.int().min(1).max(10).optional(),
  /** Words beside the image, from any model (chat). */
  text: z.string().optional(),
  /** The image is this link instead of data (chat). */
  link: z.string().optional(),
  /** A valid PNG of about this many bytes that doesn't compress. */
  bytes: z.int().min(100).max(100_000_000).optional(),
}

const body = {
  /** The JSON that holds the image breaks off. */
  brokenJson: z.boolean().optional(),
  /** An unknown field of this many bytes before the image. */
  hugeFieldBytes: z.int().min(1).max(200_000_000).optional(),
  /** Every `/` in JSON is written `\/`. */
  escapedSlashes: z.boolean().optional(),
  /** The keys of every JSON object stand in reverse order. */
  reversedKeys: z.boolean().optional(),
  /** An unknown field beside the images holds bytes that are no UTF-8, or the text does (chat). */
  malformedUtf8: z.union([z.boolean(), z.literal('text')]).optional(),
  /** True: a model that can't stream does (images API), the only way to SVG text chunks. False: JSON in any case. */
  streams: z.boolean().optional(),
  /** A stream ends without `[DONE]`. */
  noDone: z.boolean().optional(),
}

/**
 * One way in which a response goes wrong. Everything is optional and combines: `{status: 429,
 * retryAfterSeconds: 2, times: 1}` refuses the next request, `{escapedSlashes: true, dripBytesPerSecond: 5000}`
 * spoils all of them in two ways. A request takes the first fault in the list that matches it.
 */
export const faultSchema = z.strictObject({
  ...which,
  ...errors,
  ...billing,
  ...connection,
  ...images,
  ...body,
})

export type Fault = Readonly<z.infer<typeof faultSchema>>
export type FaultPlace = z.infer<typeof place>

/** Whether what a fault does to images happens to this one. */
export function affectsImage(fault: Fault, index: number): boolean {
  return fault.imageIndex === undefined || fault.imageIndex === index
}

/** No image comes: the response is the error. */
export function failsAtOnce(fault: Fault): boolean {
  return isError(fault) && fault.afterImages === undefined
}

/** Whether the generation costs money although, or because, it goes wrong. */
export function isBilled(fault: Fault): boolean {
  return fault.billed ?? (!isError(fault) && fault.silence !== true)
}

function isError({ status, refusal }: Fault): boolean {
  return status !== undefined || refusal === true
}
