import type { R2Bucket } from '@cloudflare/workers-types'
import { createTestHarness } from 'wrangler'

/** The Worker that hits are measured against, with one image in its bucket. */
export interface BareWorker {
  readonly url: URL
  close(): Promise<void>
}

export async function startBareWorker(image: ArrayBuffer): Promise<BareWorker> {
  const harness = createTestHarness({
    workers: [
      {
        configPath: './bench/bare.toml',
      },
    ],
  })
  const { url } = await harness.listen()
  const { BUCKET: bucket } = await harness.getWorker<{ BUCKET: R2Bucket }>().getEnv()
  await bucket.put('image', image)
  return { url, close: () => harness.close() }
}
