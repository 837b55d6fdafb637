import { DurableObject } from 'cloudflare:workers'

// The least that storing an image costs: misses and their memory are measured against this Worker.
// `GET /put?key=…&bytes=…` puts that many bytes into R2 and returns them as read back.
// `GET /parts?key=…&bytes=…` does the same with an upload in parts, of which one at a time is in memory.
// `GET /object?key=…&bytes=…` has an object of its own store a row, put three objects into R2 and delete the row.

interface Env {
  readonly BUCKET: R2Bucket
  readonly OBJECTS: DurableObjectNamespace<Storing>
}

/** R2's smallest part. */
const PART_BYTES = 5 * 2 ** 20

const IMAGE = { httpMetadata: { contentType: 'image/png' } } as const

const part = new Uint8Array(PART_BYTES)

export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url)
    const key = searchParams.get('key') ?? ''
    const bytes = Number(searchParams.get('bytes'))
    if (pathname === '/object') {
      const stored = await env.OBJECTS.get(env.OBJECTS.idFromName(key)).store(key, bytes)
      return new Response(stored, { headers: { 'Content-Type': 'image/png' } })
    }
    if (pathname === '/put') await env.BUCKET.put(key, new Uint8Array(bytes), IMAGE)
    else await putInParts(env.BUCKET, key, bytes)
    const object = await env.BUCKET.get(key)
    return new Response(object?.body ?? null, { headers: { 'Content-Type': 'image/png' } })
  },
} satisfies ExportedHandler<Env>

export class Storing extends DurableObject<Env> {
  async store(key: string, byteLength: number): Promise<ArrayBuffer> {
    const bytes = new ArrayBuffer(byteLength)
    await this.ctx.storage.put('state', key)
    await this.env.BUCKET.put(`${key}/manifest`, key)
    await this.env.BUCKET.put(`list/${key}`, '')
    await this.env.BUCKET.put(key, bytes, IMAGE)
    await this.ctx.storage.deleteAll()
    return bytes
  }
}

async function putInParts(bucket: R2Bucket, key: string, bytes: number): Promise<void> {
  const upload = await bucket.createMultipartUpload(key, IMAGE)
  const parts: R2UploadedPart[] = []
  for (let at = 0; at < bytes; at += PART_BYTES) {
    parts.push(await upload.uploadPart(parts.length + 1, part.subarray(0, bytes - at)))
  }
  await upload.complete(parts)
}
