import { EaselError } from '../../shared/errors.ts'
import { problemResponse } from '../../shared/problem.ts'
import type { Gallery, Shown, Wanted } from '../gallery/gallery.ts'
import { type ByteRange, isConditional, judge, type Verdict } from './conditions.ts'

export interface DeliverOptions {
  /** Whether parts may be asked for; without, a range request gets the whole. */
  readonly ranges?: boolean
  /** Where a picture with these headers is to be asked for instead, when that is elsewhere. */
  readonly elsewhere?: (headers: Headers) => string | undefined
}

/**
 * The response for a picture, as RFC 9110 has it: 200, 206, 304, 412 or 416, or a redirect; `undefined` when
 * the picture isn't there. Bytes that the client has or doesn't want are never read.
 */
export async function deliver(
  request: Request,
  gallery: Gallery,
  wanted: Wanted,
  { ranges = true, elsewhere }: DeliverOptions = {},
): Promise<Response | undefined> {
  const { method, headers } = request
  const isHead = method === 'HEAD'
  if (!isHead && !isConditional(headers)) {
    const shown = await gallery.get(wanted)
    const location = shown && elsewhere?.(shown.headers)
    if (location === undefined) return shown && new Response(shown.body, shown)
    await shown?.body?.cancel()
    return redirect(location)
  }

  const known = await gallery.head(wanted)
  if (!known) return undefined
  const location = elsewhere?.(known)
  if (location !== undefined) return redirect(location)
  const verdict = verdictOf(method, headers, known)
  if (verdict === 'not_modified') return notModified(known)
  if (verdict === 'precondition_failed') return preconditionFailed(known)
  if (isHead) return new Response(null, { headers: known })
  if (verdict === 'unsatisfiable' && ranges) return unsatisfiable(known)
  const range = ranges && typeof verdict === 'object' ? verdict : undefined
  const shown = await gallery.get(wanted, range)
  if (!shown) return undefined
  if (!range) return new Response(shown.body, shown)
  if (shown.headers.get('ETag') === known.get('ETag')) return partial(shown, range)
  // Drawn anew between two looks: the range was one of something else.
  await shown.body?.cancel()
  const whole = await gallery.get(wanted)
  return whole && new Response(whole.body, whole)
}

function verdictOf(method: string, headers: Headers, known: Headers): Verdict {
  return judge(method, headers, {
    etag: known.get('ETag') ?? '',
    lastModified: Date.parse(known.get('Last-Modified') ?? ''),
    byteLength: Number(known.get('Content-Length')),
  })
}

function partial({ headers, body }: Shown, { start, end }: ByteRange): Response {
  headers.set('Content-Range', `bytes ${start}-${end}/${headers.get('Content-Length')}`)
  headers.set('Content-Length', String(end - start + 1))
  return new Response(body, { status: 206, headers })
}

function notModified(headers: Headers): Response {
  headers.delete('Content-Length')
  return new Response(null, { status: 304, headers })
}

function unsatisfiable(known: Headers): Response {
  const byteLength = known.get('Content-Length')
  const response = problemResponse(
    new EaselError(
      'range_not_satisfiable',
      `The picture has ${byteLength} bytes, and the range begins after them.`,
    ),
  )
  response.headers.set('Content-Range', `bytes */${byteLength}`)
  return response
}

function preconditionFailed(known: Headers): Response {
  const message =
    'The picture is not the one that the request is meant for: If-Match or If-Unmodified-Since says so.'
  const response = problemResponse(new EaselError('precondition_failed', message))
  response.headers.set('ETag', known.get('ETag') ?? '')
  return response
}

/** For now: what is right may be another tomorrow, when the picture is drawn anew. */
function redirect(location: string): Response {
  return new Response(null, {
    status: 302,
    headers: { Location: location, 'Cache-Control': 'no-store', 'Access-Control-Allow-Origin': '*' },
  })
}
