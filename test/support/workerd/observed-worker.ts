import { env as bindings } from 'cloudflare:workers'
import worker, { Budget, Gallery as RealGallery, GenerationJob as RealJob } from '../../../worker/index.ts'
import type { Env } from '../../../worker/env.ts'

// The Worker, observed: /test/counts says what was read from R2 and how often an image was transformed; what is posted to
// /test/list becomes empty objects, as the list of images has them. With the
// variable TEST_EDGE_CACHE there is a cache in front of the Gallery, as strict as the real one. While the object
// `test/images-fail` exists, transformations fail.

interface Counts {
  transformations: number
  /** Lists of R2. */
  lists: number
  /** Requests to R2, whether or not their bodies were then read. */
  readonly reads: { key: string; how: 'head' | 'get'; range?: R2Range }[]
  /** Names of the request headers that reached the cache. */
  readonly headersAtTheEdge: string[]
}

const counts: Counts = { transformations: 0, lists: 0, reads: [], headersAtTheEdge: [] }

export default {
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url)
    if (pathname === '/test/counts') return Response.json(counts)
    if (pathname === '/test/list') {
      const entries = await request.json<{ key: string; customMetadata: Record<string, string> }[]>()
      const left = entries.values()
      const put = async () => {
        for (const { key, customMetadata } of left) await env.BUCKET.put(key, '', { customMetadata })
      }
      await Promise.all(Array.from({ length: 8 }, put))
      return new Response()
    }
    const cache = 'TEST_EDGE_CACHE' in env ? { purge: () => Promise.resolve() } : undefined
    const context = new Proxy(ctx, {
      has: (target, name) => (name === 'cache' ? cache !== undefined : Reflect.has(target, name)),
      get(target, name) {
        if (name === 'cache') return cache
        const member: unknown = Reflect.get(target, name)
        return typeof member === 'function' ? member.bind(target) : member
      },
    })
    return worker.fetch(request, observed(env), context)
  },
} satisfies ExportedHandler<Env>

export class GenerationJob extends RealJob {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env.IMAGES ? { ...env, IMAGES: counted(env.IMAGES) } : env)
  }
}

/** Cached responses by path and query, like the real cache's. */
const cached = new Map<
  string,
  { readonly headers: Headers; readonly bytes: ArrayBuffer; readonly tag: string }
>()

/** The Gallery behind the cache: it stores whole 200s only, and serves ranges from them. */
export class Gallery extends RealGallery {
  constructor(ctx: ExecutionContext, env: Env) {
    super(ctx, observed(env))
  }

  override async fetch(request: Request): Promise<Response> {
    counts.headersAtTheEdge.push(...request.headers.keys())
    const { pathname, search } = new URL(request.url)
    const key = pathname + search
    const found = cached.get(key)
    if (found) return responseFrom(found, request)

    // HEAD fills the cache, too.
    const response = await super.fetch(new Request(request.url, { headers: request.headers }))
    const headers = new Headers(response.headers)
    const tag = headers.get('Cache-Tag') ?? ''
    headers.delete('Cache-Tag')
    headers.set('Cf-Cache-Status', 'MISS')
    const bytes = await response.arrayBuffer()
    const control = headers.get('Cache-Control') ?? ''
    if (headers.has('Vary')) throw new Error('the response varies, so the cache would have to store it twice')
    if (response.status === 200 && /\bpublic\b/.test(control)) cached.set(key, { headers, bytes, tag })
    const hasNoBody = request.method === 'HEAD' || response.status === 304
    return new Response(hasNoBody ? null : bytes, { status: response.status, headers })
  }

  override async forget(fingerprint: string): Promise<void> {
    for (const [key, { tag }] of cached) if (tag === fingerprint) cached.delete(key)
    await super.forget(fingerprint)
  }
}

function responseFrom(
  { headers: stored, bytes }: { headers: Headers; bytes: ArrayBuffer },
  { method, headers: requestHeaders }: Request,
): Response {
  const headers = new Headers(stored)
  headers.set('Cf-Cache-Status', 'HIT')
  if (method === 'HEAD') return new Response(null, { headers })
  const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(requestHeaders.get('Range') ?? '') ?? []
  if (start === undefined || end === undefined) return new Response(bytes, { headers })
  const part = bytes.slice(Number(start), Number(end) + 1)
  headers.set('Content-Range', `bytes ${start}-${end}/${bytes.byteLength}`)
  headers.set('Content-Length', String(part.byteLength))
  return new Response(part, { status: 206, headers })
}

function counted(images: ImagesBinding): ImagesBinding {
  return new Proxy(images, {
    get(target, name) {
      if (name !== 'input') return Reflect.get(target, name)
      return (stream: ReadableStream<Uint8Array>) => {
        counts.transformations++
        return failing(target.input(stream))
      }
    },
  })
}

function failing(transformer: ImageTransformer): ImageTransformer {
  return new Proxy(transformer, {
    get(target, name) {
      if (name === 'transform') return (options: ImageTransform) => failing(target.transform(options))
      return async (options: ImageOutputOptions) => {
        const { BUCKET } = bindings as unknown as Env
        if (await BUCKET.head('test/images-fail')) throw new Error('Images fails in this test')
        return target.output(options)
      }
    },
  })
}

function observed(env: Env): Env {
  return { ...env, BUCKET: observedBucket(env.BUCKET) }
}

function observedBucket(bucket: R2Bucket): R2Bucket {
  return new Proxy(bucket, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (key: string, options?: R2GetOptions) => {
        if (name === 'list') counts.lists++
        if (name === 'get' || name === 'head') {
          const { range } = options ?? {}
          counts.reads.push({ key, how: name, ...(range && !(range instanceof Headers) && { range }) })
        }
        return member.call(target, key, options) as unknown
      }
    },
  })
}

export { Budget }
