import * as z from 'zod'
import { isErrorType } from './errors.ts'

/**
 * One way in which an answer goes wrong. Everything is optional and combines: `{status: 429,
 * retryAfterSeconds: 2, times: 1}` refuses the next request, `{escapedSlashes: true, dripBytesPerSecond: 5000}`
 * spoils all of them in two ways. A request takes the first fault in the list that matches it.
 */
export const faultSchema = z.strictObject({
  /** How many requests it applies to; without it, every one until the list is replaced. */
  times: z.int().min(1).optional(),
  /** Only requests whose prompt holds this text. */
  match: z.string().optional(),
  /** Only requests whose path holds this text; without it, only the two that generate. */
  path: z.string().optional(),

  /** An error of the table in the documentation, with its `error_type` unless another is given. */
  status: z.int().min(400).max(599).optional(),
  errorType: z.string().refine(isErrorType, 'not an OpenRouter error type').optional(),
  message: z.string().optional(),
  retryAfterSeconds: z.int().min(0).optional(),
  /** Adds `availability.retryable` to the error. */
  retryable: z.boolean().optional(),
  /** The HTTP status is 200 and the error stands in the body or in the stream. */
  inBand: z.boolean().optional(),
  /** The provider refuses the content: 400 `content_policy_violation`. */
  refusal: z.boolean().optional(),

  /** Never answers. */
  silence: z.boolean().optional(),
  /** The connection is cut after this many bytes of the body; at 0, before the head of the answer. */
  cutAtByte: z.int().min(0).optional(),
  /** The body ends, properly, after this many bytes. */
  endAtByte: z.int().min(0).optional(),
  dripBytesPerSecond: z.int().min(1).optional(),
  /** Instead of the emulator's latency, in milliseconds. */
  latencyMs: z.int().min(0).optional(),

  /** The base64 holds a foreign character, too much padding, or a line break every 76 characters. */
  base64: z.enum(['characters', 'padding', 'whitespace']).optional(),
  /** Says PNG and is JPEG. */
  lyingMediaType: z.boolean().optional(),
  /** The bytes are no image. */
  notAnImage: z.boolean().optional(),
  /** The model only writes. */
  noImage: z.boolean().optional(),
  /** That many images, whatever was asked for. */
  images: z.int().min(1).max(10).optional(),
  /** Words beside the image, from any model (chat). */
  text: z.string().optional(),
  /** The image is this link instead of data (chat). */
  link: z.string().optional(),
  /** A valid PNG of about this many bytes that doesn't compress. */
  bytes: z.int().min(100).max(100_000_000).optional(),

  /** The JSON that holds the image breaks off. */
  brokenJson: z.boolean().optional(),
  /** An unknown field of this many bytes before the image. */
  hugeFieldBytes: z.int().min(1).max(200_000_000).optional(),
  /** Every `/` in JSON is written `\/`. */
  escapedSlashes: z.boolean().optional(),
  /** The keys of every JSON object stand in reverse order. */
  reversedKeys: z.boolean().optional(),
  /** An unknown field holds bytes that are no UTF-8. */
  malformedUtf8: z.boolean().optional(),
  /** `stream: true` is honoured by a model that can't (images API): the only way to SVG text chunks. */
  streams: z.boolean().optional(),
})

export type Fault = Readonly<z.infer<typeof faultSchema>>

export interface FaultList {
  /** Those that are still to come. */
  list(): readonly Fault[]
  replace(faults: readonly Fault[]): void
  /** The fault for this request, if any; counts it. */
  take(request: { readonly path: string; readonly prompt?: string }): Fault | undefined
}

const GENERATING = /\/(chat\/completions|images)$/

export function createFaultList(initial: readonly Fault[] = []): FaultList {
  let queue = initial.map((fault) => ({ fault, left: fault.times ?? Infinity }))
  const seenInPrompts = new Map<string, number>()

  return {
    list: () => queue.map(({ fault, left }) => (left === Infinity ? fault : { ...fault, times: left })),
    replace(faults) {
      queue = faults.map((fault) => ({ fault, left: fault.times ?? Infinity }))
      seenInPrompts.clear()
    },
    take({ path, prompt = '' }) {
      const written = faultInPrompt(prompt)
      if (written !== undefined && GENERATING.test(path)) {
        const seen = (seenInPrompts.get(prompt) ?? 0) + 1
        seenInPrompts.set(prompt, seen)
        if (seen <= (written.times ?? Infinity)) return written
      }
      const entry = queue.find(
        ({ fault }) =>
          (fault.path === undefined ? GENERATING.test(path) : path.includes(fault.path)) &&
          (fault.match === undefined || prompt.includes(fault.match)),
      )
      if (entry === undefined) return undefined
      entry.left -= 1
      if (entry.left <= 0) queue = queue.filter((other) => other !== entry)
      return entry.fault
    },
  }
}

const MARKER = /\[\[fault:([^\]]*)\]\]/

/** The prompt as it is drawn: without `[[fault:…]]`. */
export function withoutFault(prompt: string): string {
  return prompt.replace(MARKER, '').trim()
}

/**
 * The fault that a person wrote into a prompt: `[[fault:429]]`, `[[fault:silence]]`,
 * `[[fault:502,inBand,times=2]]`, `[[fault:cutAtByte=1000]]`. A number is a status, a bare name is switched on,
 * `name=value` sets a field of `faultSchema`. What can't be read is no fault.
 */
export function faultInPrompt(prompt: string): Fault | undefined {
  const written = MARKER.exec(prompt)?.[1]
  if (written === undefined) return undefined
  const fields = written.split(',').map((word): [string, unknown] => {
    const [name = '', value] = word.trim().split('=', 2)
    if (/^\d+$/.test(name)) return ['status', Number(name)]
    if (value === undefined) return [name, name === 'base64' ? 'characters' : true]
    return [name, /^\d+$/.test(value) ? Number(value) : value]
  })
  const result = faultSchema.safeParse(Object.fromEntries(fields))
  return result.success ? result.data : undefined
}
