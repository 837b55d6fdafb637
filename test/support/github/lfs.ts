import { createHash } from 'node:crypto'
import { Hono } from 'hono'
import * as z from 'zod'
import type { GitHubEnv, Token } from './access.ts'
import type { Faults } from './faults.ts'
import type { World } from './world.ts'

const MEDIA_TYPE = 'application/vnd.git-lfs+json'

const batchBody = z.strictObject({
  operation: z.enum(['upload', 'download']),
  transfers: z.array(z.string()).optional(),
  ref: z.strictObject({ name: z.string() }).optional(),
  hash_algo: z.literal('sha256').optional(),
  objects: z.array(z.strictObject({ oid: z.string().regex(/^[0-9a-f]{64}$/), size: z.int().min(0) })),
})

/** Git LFS's batch API, per https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md, and its storage. */
export function lfsRoutes(
  world: World,
  faults: Faults,
  tokens: Readonly<Record<string, Token>>,
): Hono<GitHubEnv> {
  const app = new Hono<GitHubEnv>()
  const url = (rest: string): string => `${world.apiUrl()}/${world.owner}/${world.name}.git/info/lfs/${rest}`
  app.use(faults.middleware)

  app.post('/objects/batch', async (c) => {
    const fail = (status: 401 | 403 | 404 | 422, message: string) =>
      c.json({ message }, status, { 'Content-Type': MEDIA_TYPE })
    const { lfs } = world
    const [, basic = ''] = /^Basic (.+)$/.exec(c.req.header('authorization') ?? '') ?? []
    const [, password = ''] = Buffer.from(basic, 'base64').toString().split(':')
    const token = tokens[password]
    if (!token) return fail(401, 'Credentials needed')
    if (c.req.header('accept') !== MEDIA_TYPE || c.req.header('content-type') !== MEDIA_TYPE)
      return fail(422, 'Wrong media type')
    if (!lfs) return fail(404, 'Git LFS is disabled for this repository.')
    const { operation, objects } = batchBody.parse(await c.req.json())
    if (operation === 'upload' && token.rights.contents !== 'write') return fail(403, 'You may not push')
    const answers = objects.map(({ oid, size }) => {
      const isThere = lfs.has(oid)
      const header = { 'X-Grant': oid }
      if (operation === 'download') {
        return isThere
          ? { oid, size, actions: { download: { href: url(`storage/${oid}`), header } } }
          : { oid, size, error: { code: 404, message: 'Object does not exist' } }
      }
      if (isThere) return { oid, size }
      const upload = { href: url(`storage/${oid}`), header }
      const verify = { href: url('verify'), header }
      return { oid, size, actions: { upload, verify } }
    })
    return c.json({ transfer: 'basic', objects: answers }, 200, { 'Content-Type': MEDIA_TYPE })
  })

  app.put('/storage/:oid', async (c) => {
    const oid = c.req.param('oid')
    const bytes = Buffer.from(await c.req.arrayBuffer())
    const isRight = createHash('sha256').update(bytes).digest('hex') === oid
    if (c.req.header('x-grant') !== oid || !isRight) return c.body(null, 403)
    world.lfs?.set(oid, bytes)
    return c.body(null, 200)
  })

  app.get('/storage/:oid', (c) => {
    const bytes = world.lfs?.get(c.req.param('oid'))
    if (!bytes || c.req.header('x-grant') !== c.req.param('oid')) return c.body(null, 404)
    return c.body(new Uint8Array(bytes), 200)
  })

  app.post('/verify', async (c) => {
    const { oid, size } = z.strictObject({ oid: z.string(), size: z.int() }).parse(await c.req.json())
    return c.body(null, world.lfs?.get(oid)?.length === size ? 200 : 404)
  })

  return app
}
