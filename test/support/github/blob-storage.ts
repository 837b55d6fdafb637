import { type Context, Hono } from 'hono'

/** One blob of the artifact storage. */
export interface Blob {
  readonly id: string
  /** The signature that the URL must have. */
  readonly signature: string
  readonly name: string
  readonly mimeType: string
  /** Uploaded but not committed, by id. */
  readonly blocks: Map<string, Buffer>
  /** Set once a list of blocks is committed. */
  content?: Buffer
}

/** Azure's limit for one list. */
const BLOCKS_MAX = 50_000

/** The part of Azure's block blobs that the artifact client uses: `comp=block`, `comp=blocklist`, and reading. */
export function blobRoutes(blobs: ReadonlyMap<string, Blob>): Hono {
  const app = new Hono()

  app.put('/:id', async (c) => {
    const blob = blobs.get(c.req.param('id'))
    const refused = refuse(c, blob)
    if (refused || !blob) return refused ?? azure(c, 404, 'BlobNotFound')
    const bytes = Buffer.from(await c.req.arrayBuffer())
    const comp = c.req.query('comp')

    if (comp === 'block') {
      const id = c.req.query('blockid') ?? ''
      const [other] = blob.blocks.keys()
      // Ids are base64, all of the same length.
      if (!/^[A-Za-z0-9+/]+={0,2}$/.test(id) || (other !== undefined && other.length !== id.length)) {
        return azure(c, 400, 'InvalidQueryParameterValue')
      }
      if (bytes.length === 0) return azure(c, 400, 'InvalidHeaderValue')
      blob.blocks.set(id, bytes)
      return c.body(null, 201, { 'x-ms-request-id': id, 'x-ms-version': '2025-01-05' })
    }

    if (comp === 'blocklist') {
      const ids = Array.from(
        bytes.toString('utf8').matchAll(/<Latest>([^<]*)<\/Latest>/g),
        ([, id = '']) => id,
      )
      const parts = ids.flatMap((id) => blob.blocks.get(id) ?? [])
      if (parts.length !== ids.length || ids.length > BLOCKS_MAX) return azure(c, 400, 'InvalidBlockList')
      blob.content = Buffer.concat(parts)
      blob.blocks.clear()
      return c.body(null, 201, { ETag: '"0x1"', 'Last-Modified': new Date().toUTCString() })
    }

    return azure(c, 400, 'InvalidQueryParameterValue')
  })

  app.get('/:id', (c) => {
    const blob = blobs.get(c.req.param('id'))
    const refused = refuse(c, blob)
    if (refused || !blob?.content) return refused ?? azure(c, 404, 'BlobNotFound')
    return c.body(new Uint8Array(blob.content), 200, {
      'Content-Type': blob.mimeType,
      'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(blob.name)}`,
    })
  })

  return app
}

/** Only the signature in the URL authorises: a bearer token is refused. */
function refuse(c: Context, blob: Blob | undefined): Response | undefined {
  if (c.req.header('authorization') !== undefined) return azure(c, 400, 'InvalidAuthenticationInfo')
  if (!blob || c.req.query('sig') !== blob.signature) return azure(c, 403, 'AuthenticationFailed')
  return undefined
}

function azure(c: Context, status: 400 | 403 | 404, code: string): Response {
  const xml = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`
  return c.body(xml, status, { 'Content-Type': 'application/xml', 'x-ms-error-code': code })
}
