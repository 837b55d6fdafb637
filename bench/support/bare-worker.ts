import type { R2Bucket } from '@cloudflare/workers-types'
import { unstable_getMiniflareWorkerOptions } from 'wrangler'
import { runInWorkerd } from '../../test/support/worker/workerd.ts'

/** The Worker that hits are measured against, with one image in its bucket. */
export interface BareWorker {
  readonly url: URL
  close(): Promise<void>
}

export async function startBareWorker(image: ArrayBuffer): Promise<BareWorker> {
  const { workerOptions, main = '' } = unstable_getMiniflareWorkerOptions('./bench/bare.toml')
  const { url, bindings, kill } = await runInWorkerd(workerOptions, { main })
  const { BUCKET: bucket } = await bindings<{ readonly BUCKET: R2Bucket }>()
  await bucket.put('image', image)
  return { url, close: kill }
}
