import * as z from 'zod'
import type { ReadApi } from './cloudflare-api.ts'
import type { Missing } from './missing.ts'

const routeSchema = z.union([
  z.string(),
  z.object({ pattern: z.string() }).transform(({ pattern }) => pattern),
])

/** Where a config puts the Worker. */
export const domainSchema = z.object({
  workers_dev: z.boolean().optional(),
  route: routeSchema.optional(),
  routes: z.array(routeSchema).default([]),
})

/** The address that the Worker will have, as far as it is known; or what is missing for it to have one. */
export type Domain = { readonly address: string | undefined } | { readonly missing: Missing }

/** Cloudflare's error code for an account without a workers.dev subdomain. */
const NO_SUBDOMAIN = 10007

const subdomainSchema = z.object({ subdomain: z.string() })
const zonesSchema = z.array(z.unknown())

/**
 * @param name     of the Worker
 * @param account  its id
 */
export async function findDomain(
  { workers_dev = true, route, routes }: z.infer<typeof domainSchema>,
  name: string,
  account: string,
  read: ReadApi,
): Promise<Domain> {
  const hosts = [...(route === undefined ? [] : [route]), ...routes].map(hostOf)
  for (const host of hosts) {
    if (await hasZone(host, account, read)) continue
    return {
      missing: {
        problem: `${host}, the domain in wrangler.toml, is in no zone of this account.`,
        remedy: 'https://dash.cloudflare.com/?to=/:account/add-site      (or change routes in wrangler.toml)',
      },
    }
  }
  const [first] = hosts
  if (first !== undefined) return { address: `https://${first}` }
  if (!workers_dev) {
    return {
      missing: {
        problem: 'The Worker would have no address: wrangler.toml has no routes, and workers_dev is false.',
        remedy: 'routes = [{ pattern = "img.example.com", custom_domain = true }]      (in wrangler.toml)',
      },
    }
  }
  const { result, errorCode } = await read(`/accounts/${account}/workers/subdomain`)
  if (errorCode === NO_SUBDOMAIN) {
    return {
      missing: {
        problem:
          'The account has no workers.dev subdomain yet, and wrangler.toml names no domain of your own.',
        remedy:
          'https://dash.cloudflare.com/?to=/:account/workers/onboarding      (or set routes in wrangler.toml)',
      },
    }
  }
  const { data } = subdomainSchema.safeParse(result)
  return { address: data && `https://${name}.${data.subdomain}.workers.dev` }
}

/** `img.example.com/*` and `*.example.com/images/*` are patterns, too. */
function hostOf(pattern: string): string {
  return pattern
    .replace(/^https?:\/\//, '')
    .replace(/\/.*$/, '')
    .replace(/^\*\.?/, '')
}

/** Also true where the login may not list zones. */
async function hasZone(host: string, account: string, read: ReadApi): Promise<boolean> {
  const labels = host.split('.')
  for (let first = 0; first < labels.length - 1; first++) {
    const query = new URLSearchParams({ name: labels.slice(first).join('.'), 'account.id': account })
    const { data: zones } = zonesSchema.safeParse((await read(`/zones?${query.toString()}`)).result)
    if (!zones || zones.length > 0) return true
  }
  return false
}
