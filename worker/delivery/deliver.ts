import { EaselError } from '../../shared/errors.ts'
import { problemResponse } from '../../shared/problem.ts'
import type { Gallery, Shown, Wanted } from '../gallery/gallery.ts'
import type { HeaderFields } from '../gallery/image-headers.ts'
import { type ByteRange, isConditional, judge, type Verdict } from './conditions.ts'

export interface DeliverOptions {
  /** Whether parts may be asked for; without, a range request gets the whole. */
  readonly ranges?: boolean
  /** Where an image with these headers is to be asked for instead, when that is elsewhere. */
  readonly elsewhere?: (headers: HeaderFields) => string | undefined
  /** Says the last word about the headers of what is shown, or known already. */
  readonly finish?: (headers: HeaderFields) => void
}

/**
 * The response for an image, as RFC 9110 has it: 200, 206, 304, 412 or 416, or a redirect; `undefined` when
 * the image isn't there. Bytes that the client has or doesn't want are never read.
 */
export async function deliver(
  request: Request,
  gallery: Gallery,
  wanted: Wanted,
  { ranges = true, elsewhere, finish }: DeliverOptions = {},
): Promise<Response | undefined> {
  const { method, headers } = request
  const isHead = method === 'HEAD'
  if (!isHead && !isConditional(headers)) {
    const shown = await gallery.get(wanted)
    const location = shown && elsewhere?.(shown.headers)
    if (location === undefined) return shown && answer(200, shown)
    await discard(shown)
    return redirect(location)
  }

  const known = await gallery.head(wanted)
  if (!known) return undefined
  const location = elsewhere?.(known)
  if (location !== undefined) return redirect(location)
  const verdict = verdictOf(method, headers, known)
  if (verdict === 'not_modified') return answer(304, { headers: withoutLength(known), body: null })
  if (verdict === 'precondition_failed') return preconditionFailed(known)
  if (isHead) return answer(200, { headers: known, body: null })
  if (verdict === 'unsatisfiable' && ranges) return unsatisfiable(known)
  const range = ranges && typeof verdict === 'object' ? verdict : undefined
  const shown = await gallery.get(wanted, range)
  if (!shown) return undefined
  if (!range) return answer(200, shown)
  if (shown.headers['etag'] === known['etag']) return answer(206, ofPart(shown, range))
  // Generated anew between two looks: the range was one of something else.
  await discard(shown)
  const whole = await gallery.get(wanted)
  return whole && answer(200, whole)

  function answer(status: 200 | 206 | 304, { body, headers: fields }: Shown): Response {
    finish?.(fields)
    return new Response(body, { status, headers: fields })
  }
}

/** Says that the bytes are not wanted. */
async function discard(shown: Shown | undefined): Promise<void> {
  if (shown?.body instanceof ReadableStream) await shown.body.cancel()
}

function verdictOf(method: string, headers: Headers, known: HeaderFields): Verdict {
  return judge(method, headers, {
    etag: known['etag'] ?? '',
    lastModified: Date.parse(known['last-modified'] ?? ''),
    byteLength: Number(known['content-length']),
  })
}

function ofPart({ headers, body }: Shown, { start, end }: ByteRange): Shown {
  const fields = {
    ...headers,
    'content-range': `bytes ${start}-${end}/${headers['content-length']}`,
    'content-length': String(end - start + 1),
  }
  return { headers: fields, body }
}

function withoutLength(headers: HeaderFields): HeaderFields {
  const rest = { ...headers }
  delete rest['content-length']
  return rest
}

function unsatisfiable(known: HeaderFields): Response {
  const byteLength = known['content-length']
  const response = problemResponse(
    new EaselError(
      'range_not_satisfiable',
      `The image has ${byteLength} bytes, and the range begins after them.`,
    ),
  )
  response.headers.set('Content-Range', `bytes */${byteLength}`)
  return response
}

function preconditionFailed(known: HeaderFields): Response {
  const message =
    'The image is not the one that the request is meant for: If-Match or If-Unmodified-Since says so.'
  const response = problemResponse(new EaselError('precondition_failed', message))
  response.headers.set('ETag', known['etag'] ?? '')
  return response
}

/** For now: what is right may be another tomorrow, when the image is regenerated. */
function redirect(location: string): Response {
  return new Response(null, {
    status: 302,
    headers: { Location: location, 'Cache-Control': 'no-store', 'Access-Control-Allow-Origin': '*' },
  })
}
