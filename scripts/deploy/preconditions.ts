import process from 'node:process'
import { parse } from 'smol-toml'
import * as z from 'zod'
import { cloudflareApi } from './cloudflare-api.ts'
import { type Domain, domainSchema, findDomain } from './domain.ts'
import type { Missing } from './missing.ts'
import type { Wrangler } from './wrangler.ts'

/** What to put into a secret; `wrangler secret put` asks for it. */
const SECRET_VALUES: Readonly<Record<string, string>> = {
  OPENROUTER_API_KEY: 'a key from https://openrouter.ai/keys',
  EASEL_TOKENS: 'name:token, for example docs:$(openssl rand -hex 24)',
  EASEL_SIGNING_KEYS: 'kid:secret, for example k1:$(openssl rand -hex 24)',
}

/** Cloudflare's error codes. */
const R2_NOT_ENABLED = /code: 10042\b/
const NO_SUCH_WORKER = /code: 10007\b|If this is a new Worker/

const configSchema = domainSchema.extend({
  name: z.string(),
  account_id: z.string().optional(),
  r2_buckets: z.array(z.object({ bucket_name: z.string() })),
  vars: z.object({ EASEL_ACCESS: z.string().optional() }).default({}),
  secrets: z.object({ required: z.array(z.string()) }),
})
const loginSchema = z.object({ accounts: z.array(z.object({ id: z.string() })) })
const secretsSchema = z.array(z.object({ name: z.string() }))

export interface Preconditions {
  /** In the order in which to do it. Only what can be done now: without a login nothing else is known. */
  readonly missing: readonly Missing[]
  /** The Worker's URL, where it is known. */
  readonly address?: string | undefined
}

/**
 * Looks in the account for what the Worker needs.
 *
 * @param text  the config, TOML
 * @param file  its path, for the commands that are suggested
 */
export async function checkAccount(text: string, file: string, wrangler: Wrangler): Promise<Preconditions> {
  const config = configSchema.parse(parse(text))
  const { name, r2_buckets, vars, secrets } = config
  const option = file === 'wrangler.toml' ? '' : ` --config ${file}`
  const [login, buckets, listed] = await Promise.all([
    wrangler(['whoami', '--json']),
    wrangler(['r2', 'bucket', 'list', '--config', file]),
    wrangler(['secret', 'list', '--format', 'json', '--config', file]),
  ])
  if (!login.ok) {
    const problem = 'You are not logged in to Cloudflare.'
    const remedy = 'npx wrangler login      (in CI, set CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID)'
    return { missing: [{ problem, remedy }] }
  }
  const domain = await domainIn(config, login.stdout, wrangler)
  const present = secretNames(listed)
  const required = vars.EASEL_ACCESS === 'open' ? ['OPENROUTER_API_KEY'] : secrets.required
  const missing = [
    ...missingBuckets(
      buckets,
      r2_buckets.map(({ bucket_name }) => bucket_name),
    ),
    ...('missing' in domain ? [domain.missing] : []),
    ...required
      .filter((secret) => !present.includes(secret))
      .map((secret) => ({
        problem: `The Worker ${name} has no secret ${secret}: ${SECRET_VALUES[secret] ?? 'see docs/deploy.md'}.`,
        remedy: `npx wrangler secret put ${secret}${option}`,
      })),
  ]
  return { missing, ...('address' in domain && { address: domain.address }) }
}

async function domainIn(
  config: z.infer<typeof configSchema>,
  login: string,
  wrangler: Wrangler,
): Promise<Domain> {
  const [only, ...others] = loginSchema.parse(JSON.parse(login)).accounts
  // As wrangler chooses it; it asks where there are several.
  const account =
    config.account_id ?? process.env['CLOUDFLARE_ACCOUNT_ID'] ?? (others.length > 0 ? undefined : only?.id)
  if (account === undefined) return { address: undefined }
  return findDomain(config, config.name, account, await cloudflareApi(wrangler))
}

function missingBuckets(
  { ok, stdout, output }: Awaited<ReturnType<Wrangler>>,
  wanted: readonly string[],
): readonly Missing[] {
  if (R2_NOT_ENABLED.test(output)) {
    return [
      {
        problem:
          'R2 is not enabled in this account. It is free up to 10 GB, but Cloudflare asks for a payment method.',
        remedy: 'https://dash.cloudflare.com/?to=/:account/r2/overview',
      },
    ]
  }
  if (!ok) throw new Error(`wrangler r2 bucket list failed:\n${output.trim()}`)
  const present = new Set(Array.from(stdout.matchAll(/^name:\s+(\S+)$/gm), ([, bucket]) => bucket))
  return wanted
    .filter((bucket) => !present.has(bucket))
    .map((bucket) => ({
      problem: `There is no R2 bucket named ${bucket}, which stores the images.`,
      remedy: `npx wrangler r2 bucket create ${bucket}`,
    }))
}

function secretNames({ ok, stdout, output }: Awaited<ReturnType<Wrangler>>): readonly string[] {
  if (NO_SUCH_WORKER.test(output)) return []
  if (!ok) throw new Error(`wrangler secret list failed:\n${output.trim()}`)
  return secretsSchema.parse(JSON.parse(stdout)).map(({ name }) => name)
}
