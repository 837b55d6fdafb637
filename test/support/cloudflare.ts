import { once } from 'node:events'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'

/** What an account has, as far as deploying asks for it. */
export interface CloudflareAccount {
  /** `undefined` while R2 is not enabled. */
  readonly buckets: readonly string[] | undefined
  /** Names of secrets by Worker; a Worker that isn't listed does not exist. */
  readonly secrets: Readonly<Record<string, readonly string[]>>
  /** Of workers.dev. Default: none is registered. */
  readonly subdomain?: string
  /** Domains. */
  readonly zones?: readonly string[]
}

const ACCOUNT = { id: '0123456789abcdef0123456789abcdef', name: 'Ada' }

/** The part of Cloudflare's API that wrangler asks about an account. Answers in its envelope, with its error codes. */
export async function serveCloudflare(account: CloudflareAccount): Promise<{
  /** For wrangler's `CLOUDFLARE_API_BASE_URL`. */
  readonly url: string
  close(): void
}> {
  const app = new Hono()

  app.get('/user', () => ok({ email: 'ada@example.com' }))
  app.get('/user/tokens/verify', () => ok({ id: 'token', status: 'active' }))
  app.get('/accounts', () => ok([ACCOUNT]))
  app.get('/memberships', () => ok([{ id: 'member', account: ACCOUNT, roles: [] }]))
  app.get('/accounts/:account/r2/buckets', () =>
    account.buckets
      ? ok({ buckets: account.buckets.map((name) => ({ name, creation_date: '2026-11-01T00:00:00Z' })) })
      : fail(403, 10042, 'Please enable R2 through the Cloudflare Dashboard.'),
  )
  app.get('/accounts/:account/workers/scripts/:worker/secrets', (c) => {
    const names = account.secrets[c.req.param('worker')]
    return names
      ? ok(names.map((name) => ({ name, type: 'secret_text' })))
      : fail(404, 10007, 'This Worker does not exist on your account.')
  })
  app.get('/accounts/:account/workers/subdomain', () =>
    account.subdomain === undefined
      ? fail(404, 10007, 'There is no workers.dev subdomain.')
      : ok({ subdomain: account.subdomain }),
  )
  app.get('/zones', (c) => {
    const isOwn = c.req.query('account.id') === ACCOUNT.id
    return ok(
      (account.zones ?? []).filter((name) => isOwn && name === c.req.query('name')).map((name) => ({ name })),
    )
  })
  app.notFound(() => fail(404, 7003, 'Could not route to this path.'))

  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1', overrideGlobalObjects: false })
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() }
}

function ok(result: unknown): Response {
  return Response.json({ success: true, errors: [], messages: [], result })
}

function fail(status: number, code: number, message: string): Response {
  return Response.json(
    { success: false, errors: [{ code, message }], messages: [], result: null },
    { status },
  )
}
