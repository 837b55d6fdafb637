import { parse, stringify } from 'smol-toml'
import * as z from 'zod'

const configSchema = z.looseObject({
  name: z.string(),
  r2_buckets: z.array(z.looseObject({ bucket_name: z.string() })),
  ratelimits: z.array(z.looseObject({ namespace_id: z.string() })).default([]),
})

/**
 * The config of a second Worker beside the one in production: the same code and variables, with a name, a bucket and
 * counters of its own. Durable Objects, secrets and so the ledger belong to a Worker by name already. Routes stay with
 * production.
 */
export function stagingConfig(production: string): string {
  const {
    name,
    r2_buckets,
    ratelimits,
    routes: _,
    route: __,
    ...rest
  } = configSchema.parse(parse(production))
  const staging = {
    ...rest,
    name: `${name}-staging`,
    workers_dev: true,
    r2_buckets: r2_buckets.map((bucket) => ({ ...bucket, bucket_name: `${bucket.bucket_name}-staging` })),
    ratelimits: ratelimits.map((limit) => ({ ...limit, namespace_id: `1${limit.namespace_id}` })),
  }
  return `# Written by npm run deploy -- --staging, from wrangler.toml. Don't edit.\n${stringify(staging)}`
}
