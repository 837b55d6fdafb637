import process from 'node:process'
import * as z from 'zod'
import type { Wrangler } from './wrangler.ts'

/** What Cloudflare says to a `GET`: a result, or the code of its error. */
export interface ApiAnswer {
  readonly result: unknown
  readonly errorCode: number | undefined
}

/** Reads Cloudflare's API. */
export type ReadApi = (path: string) => Promise<ApiAnswer>

const credentialsSchema = z.union([
  z.object({ token: z.string() }),
  z.object({ key: z.string(), email: z.string() }),
])

const envelopeSchema = z.object({
  result: z.unknown(),
  errors: z.array(z.object({ code: z.number() })).default([]),
})

/** With wrangler's own login, for what none of its commands tells. */
export async function cloudflareApi(wrangler: Wrangler): Promise<ReadApi> {
  const { stdout } = await wrangler(['auth', 'token', '--json'])
  const credentials = credentialsSchema.parse(JSON.parse(stdout))
  const headers: Record<string, string> =
    'token' in credentials
      ? { Authorization: `Bearer ${credentials.token}` }
      : { 'X-Auth-Key': credentials.key, 'X-Auth-Email': credentials.email }
  // As wrangler reads it.
  const base = process.env['CLOUDFLARE_API_BASE_URL'] ?? 'https://api.cloudflare.com/client/v4'

  return async (path) => {
    const response = await fetch(`${base}${path}`, { headers })
    const { result, errors } = envelopeSchema.parse(await response.json())
    return { result, errorCode: errors[0]?.code }
  }
}
