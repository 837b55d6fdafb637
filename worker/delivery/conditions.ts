import type { ByteRange } from '../gallery/byte-range.ts'

/** What a request is compared with. */
export interface Validators {
  /** Strong, with its quotes. */
  readonly etag: string
  /** Milliseconds since the epoch, of a whole second. */
  readonly lastModified: number
  readonly byteLength: number
}

/** What a conditional or range request gets. */
export type Verdict = 'whole' | 'not_modified' | 'precondition_failed' | 'unsatisfiable' | ByteRange

const CONDITIONS = ['If-None-Match', 'If-Modified-Since', 'Range', 'If-Match', 'If-Unmodified-Since'] as const

/** Whether the response depends on more than the URL. */
export function isConditional(headers: Headers): boolean {
  return CONDITIONS.some((name) => headers.has(name))
}

/**
 * Preconditions in their order, then the range (RFC 9110, 13.2.2 and 14.2). Malformed headers are ignored. Several
 * ranges get the whole image: a multipart response would hardly be smaller.
 */
export function judge(method: string, headers: Headers, validators: Validators): Verdict {
  const { etag, lastModified } = validators
  const ifMatch = headers.get('If-Match')
  if (ifMatch !== null) {
    if (!tagsOf(ifMatch).some((tag) => tag === '*' || tag === etag)) return 'precondition_failed'
  } else {
    const unmodifiedSince = parseHttpDate(headers.get('If-Unmodified-Since'))
    if (unmodifiedSince !== undefined && lastModified > unmodifiedSince) return 'precondition_failed'
  }

  const ifNoneMatch = headers.get('If-None-Match')
  if (ifNoneMatch !== null) {
    const isKnown = tagsOf(ifNoneMatch).some((tag) => tag === '*' || tag.replace(/^W\//, '') === etag)
    if (isKnown) return 'not_modified'
  } else {
    const modifiedSince = parseHttpDate(headers.get('If-Modified-Since'))
    if (modifiedSince !== undefined && lastModified <= modifiedSince) return 'not_modified'
  }

  const range = headers.get('Range')
  if (range === null || method !== 'GET' || !matchesIfRange(headers.get('If-Range'), validators))
    return 'whole'
  return parseRange(range, validators.byteLength)
}

/** `If-Range` must be the strong tag or exactly the date. Otherwise the client holds parts of another image. */
function matchesIfRange(ifRange: string | null, { etag, lastModified }: Validators): boolean {
  if (ifRange === null) return true
  return ifRange.trim() === etag || parseHttpDate(ifRange) === lastModified
}

function parseRange(header: string, byteLength: number): Verdict {
  const [, first, last] = /^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header) ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return 'whole'
  if (first === '') {
    const length = Math.min(Number(last), byteLength)
    return length === 0 ? 'unsatisfiable' : { start: byteLength - length, end: byteLength - 1 }
  }
  const start = Number(first)
  const end = last === '' ? Infinity : Number(last)
  if (end < start) return 'whole'
  return start >= byteLength ? 'unsatisfiable' : { start, end: Math.min(end, byteLength - 1) }
}

/** `*`, or the entity tags of a list, weak ones with their `W/`. */
function tagsOf(header: string): readonly string[] {
  if (header.trim() === '*') return ['*']
  return Array.from(header.matchAll(/(?:W\/)?"[^"]*"/g), ([tag]) => tag)
}

/** The three forms of a date in HTTP (RFC 9110, 5.6.7); the last one is in GMT without saying so. */
const HTTP_DATE =
  /^(?:\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT|\w{6,9}, \d{2}-\w{3}-\d{2} \d{2}:\d{2}:\d{2} GMT|(\w{3} \w{3} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}))$/

/** Milliseconds since the epoch; `undefined` if it isn't an HTTP date. */
function parseHttpDate(text: string | null): number | undefined {
  const match = HTTP_DATE.exec(text?.trim() ?? '')
  if (!match) return undefined
  const time = Date.parse(match[1] === undefined ? match[0] : `${match[1]} GMT`)
  return Number.isNaN(time) ? undefined : time
}
