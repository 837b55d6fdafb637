import { InvalidSpecError } from './errors.ts'
import type { SpecIssue } from './spec/spec-issue.ts'
import { specIssue } from './spec/spec-issue.ts'

/** A format that an image can be converted to. */
export type VariantFormat = 'avif' | 'webp' | 'jpeg' | 'png'

/** How somebody wants an image delivered. None of it is part of what the image shows. */
export interface DeliveryParameters {
  /** Which image of a generation, from 0; absent when the query does not say. */
  readonly index?: number
  /** Pixels; one of the configured widths. */
  readonly width?: number
  /** `auto`: whatever the client's `Accept` likes best. */
  readonly format?: VariantFormat | 'auto'
  /** 1 to 100, of formats that lose something. */
  readonly quality?: number
  /** The first 16 hex digits of the ETag that the original must have. */
  readonly pin?: string
}

const FORMATS = ['auto', 'avif', 'webp', 'jpeg', 'png'] as const

/** By the name in the query: whether a value is right, and a sentence about one that isn't. */
const PARAMETERS = {
  w: { field: 'width', accepts: (widths) => widths.map(String), is: 'one of the configured widths' },
  format: { field: 'format', accepts: () => FORMATS, is: 'one of the formats' },
  q: { field: 'quality', pattern: /^([1-9]\d?|100)$/, is: 'a whole number from 1 to 100' },
  index: { field: 'index', pattern: /^\d$/, is: 'a digit: 0 is the first image' },
  v: { field: 'pin', pattern: /^[0-9a-f]{16}$/, is: 'the first 16 hex digits of the image’s ETag' },
} as const satisfies Record<string, Parameter>

interface Parameter {
  readonly field: keyof DeliveryParameters
  /** What a wrong value is told that the right one is. */
  readonly is: string
  readonly pattern?: RegExp
  readonly accepts?: (widths: readonly number[]) => readonly string[]
}

const NAMES = Object.keys(PARAMETERS) as (keyof typeof PARAMETERS)[]

/** The query without delivery parameters: what is left describes the image. */
export function withoutDelivery(query: URLSearchParams): URLSearchParams {
  if (!NAMES.some((name) => query.has(name))) return query
  const rest = new URLSearchParams(query)
  for (const name of NAMES) rest.delete(name)
  return rest
}

/**
 * The delivery parameters of a query; whatever else it holds is not looked at.
 *
 * @param widths  those that may be asked for, ascending
 * @throws {InvalidSpecError} naming each parameter that is wrong, its value and what is accepted
 */
export function parseDelivery(query: URLSearchParams, widths: readonly number[]): DeliveryParameters {
  const issues: SpecIssue[] = []
  const found: [field: keyof DeliveryParameters, value: string | number][] = []
  for (const name of NAMES) {
    if (!query.has(name)) continue
    const { field, is, pattern, accepts }: Parameter = PARAMETERS[name]
    const values = query.getAll(name)
    const [value = ''] = values
    const accepted = accepts?.(widths)
    if (values.length > 1) {
      issues.push(specIssue([name], `${name} is given ${values.length} times: give it once.`))
    } else if (accepted ? !accepted.includes(value) : !pattern?.test(value)) {
      const list = accepted ? `: ${accepted.join(', ')}` : ''
      const detail = `${name} is ${JSON.stringify(value.slice(0, 40))}, and must be ${is}${list}.`
      issues.push(specIssue([name], detail, accepted))
    } else {
      found.push([field, field === 'format' || field === 'pin' ? value : Number(value)])
    }
  }
  const [first, ...rest] = issues
  if (first) throw new InvalidSpecError([first, ...rest])
  return Object.fromEntries(found)
}
