import { EaselError } from '../../shared/errors.ts'
import { problemResponse } from '../../shared/problem.ts'
import type { ByteRange } from '../gallery/byte-range.ts'
import type { Gallery, ServedImage, Wanted } from '../gallery/gallery.ts'
import { type HeaderFields, isNotMadeYet } from '../gallery/image-headers.ts'
import { isConditional, judge, type Verdict } from './conditions.ts'

export interface DeliverOptions {
  /** For a cache that keeps the whole with its length, and serves `HEAD` and ranges itself. */
  readonly forCache?: boolean
  /** The URL to redirect to, for an image with these headers. */
  readonly redirectTo?: (headers: HeaderFields) => string | undefined
  /** Completes the headers of what is served. */
  readonly finish?: (headers: HeaderFields) => void
}

/**
 * The response for a stored image per RFC 9110: 200, 206, 304, 412 or 416, or a redirect; `undefined` when there is
 * no image. Bytes that the client has or doesn't want are not read.
 */
export async function deliver(
  request: Request,
  gallery: Pick<Gallery, 'head' | 'get'>,
  wanted: Wanted,
  { forCache = false, redirectTo, finish }: DeliverOptions = {},
): Promise<Response | undefined> {
  const { method, headers } = request
  const isHead = method === 'HEAD'
  if (!isHead && !isConditional(headers)) {
    const image = await gallery.get(wanted)
    const location = image && redirectTo?.(image.headers)
    if (location === undefined) return image && respond(200, image)
    await discard(image)
    return redirect(location)
  }

  const known = await gallery.head(wanted)
  if (!known) return undefined
  const location = redirectTo?.(known)
  if (location !== undefined) return redirect(location)
  // Conditions are about the variant, which has no ETag before it is made.
  const made = !isHead && isNotMadeYet(known) ? await gallery.get(wanted) : undefined
  const current = made?.headers ?? known
  const verdict = verdictOf(method, headers, current)
  const refusal = refusalFor(verdict, current)
  if (refusal) {
    await discard(made)
    return refusal
  }
  if (isHead) return respond(200, { headers: known, body: null })
  const range = !forCache && typeof verdict === 'object' ? verdict : undefined
  if (made && !range) return respond(200, made)
  await discard(made)
  const image = await gallery.get(wanted, range)
  if (!image) return undefined
  if (!range) return respond(200, image)
  if (image.headers['etag'] === current['etag']) return respond(206, withRange(image, range))
  // Regenerated between two reads: the range was one of other bytes.
  await discard(image)
  const whole = await gallery.get(wanted)
  return whole && respond(200, whole)

  function refusalFor(judged: Verdict, fields: HeaderFields): Response | undefined {
    if (judged === 'not_modified') return respond(304, { headers: withoutLength(fields), body: null })
    if (judged === 'precondition_failed') return preconditionFailed(fields)
    return judged === 'unsatisfiable' && !forCache ? unsatisfiable(fields) : undefined
  }

  function respond(status: 200 | 206 | 304, { body, headers: fields }: ServedImage): Response {
    finish?.(fields)
    // workerd sends the length that it knows of a stream, whatever is set here: setting it only makes hits slower.
    if (status === 200 && !forCache && body instanceof ReadableStream) delete fields['content-length']
    const response = new Response(body, { status })
    // One by one: from an object, workerd takes twice as long to read them.
    for (const [name, value] of Object.entries(fields)) response.headers.set(name, value)
    return response
  }
}

/** Says that the bytes are not wanted. */
async function discard(image: ServedImage | undefined): Promise<void> {
  if (image?.body instanceof ReadableStream) await image.body.cancel()
}

function verdictOf(method: string, headers: Headers, known: HeaderFields): Verdict {
  return judge(method, headers, {
    etag: known['etag'] ?? '',
    lastModified: Date.parse(known['last-modified'] ?? ''),
    byteLength: Number(known['content-length']),
  })
}

function withRange({ headers, body }: ServedImage, { start, end }: ByteRange): ServedImage {
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
      `The image has ${byteLength} bytes; the range starts after its end.`,
    ),
  )
  response.headers.set('Content-Range', `bytes */${byteLength}`)
  return response
}

function preconditionFailed(known: HeaderFields): Response {
  const message = 'The image is not the one that If-Match or If-Unmodified-Since names.'
  const response = problemResponse(new EaselError('precondition_failed', message))
  response.headers.set('ETag', known['etag'] ?? '')
  return response
}

/** For now: the image may be regenerated tomorrow, and the right URL be another. */
function redirect(location: string): Response {
  return new Response(null, {
    status: 302,
    headers: { Location: location, 'Cache-Control': 'no-store', 'Access-Control-Allow-Origin': '*' },
  })
}
