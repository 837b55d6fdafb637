import { parse } from 'smol-toml'
import * as z from 'zod'
import type { Wrangler } from './wrangler.ts'

/** Something without which the Worker can't be deployed, or wouldn't work. */
export interface Missing {
  /** One sentence. */
  readonly problem: string
  /** What to run, or where to click. */
  readonly remedy: string
}

/** What to put into a secret; `wrangler secret put` asks for it. */
const SECRET_VALUES: Readonly<Record<string, string>> = {
  OPENROUTER_API_KEY: 'a key from https://openrouter.ai/keys',
  EASEL_TOKENS: 'name:token, for example docs:$(openssl rand -hex 24)',
  EASEL_SIGNING_KEYS: 'kid:secret, for example k1:$(openssl rand -hex 24)',
}

/** Cloudflare's error codes. */
const R2_NOT_ENABLED = /code: 10042\b/
const NO_SUCH_WORKER = /code: 10007\b|If this is a new Worker/

const configSchema = z.object({
  name: z.string(),
  r2_buckets: z.array(z.object({ bucket_name: z.string() })),
  vars: z.object({ EASEL_ACCESS: z.string().optional() }).default({}),
  secrets: z.object({ required: z.array(z.string()) }),
})
const secretsSchema = z.array(z.object({ name: z.string() }))

/**
 * What is missing in the account, in the order in which to do it. Only what can be done now: without a login nothing
 * else is known.
 *
 * @param text  the config, TOML
 * @param file  its path, for the commands that are suggested
 */
export async function findMissing(
  text: string,
  file: string,
  wrangler: Wrangler,
): Promise<readonly Missing[]> {
  const { name, r2_buckets, vars, secrets } = configSchema.parse(parse(text))
  const option = file === 'wrangler.toml' ? '' : ` --config ${file}`
  const [login, buckets, listed] = await Promise.all([
    wrangler(['whoami', '--json']),
    wrangler(['r2', 'bucket', 'list', '--config', file]),
    wrangler(['secret', 'list', '--format', 'json', '--config', file]),
  ])
  if (!login.ok) {
    return [
      {
        problem: 'You are not logged in to Cloudflare.',
        remedy: 'npx wrangler login      (in CI, set CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID)',
      },
    ]
  }
  const present = secretNames(listed)
  const required = vars.EASEL_ACCESS === 'open' ? ['OPENROUTER_API_KEY'] : secrets.required
  return [
    ...missingBuckets(
      buckets,
      r2_buckets.map(({ bucket_name }) => bucket_name),
    ),
    ...required
      .filter((secret) => !present.includes(secret))
      .map((secret) => ({
        problem: `The Worker ${name} has no secret ${secret}: ${SECRET_VALUES[secret] ?? 'see docs/deploy.md'}.`,
        remedy: `npx wrangler secret put ${secret}${option}`,
      })),
  ]
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
