import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { unstable_getMiniflareWorkerOptions, unstable_readConfig } from 'wrangler'
import { bundleWorker } from './bundle.ts'

export interface DeployedWorker extends AsyncDisposable {
  readonly url: URL
  /** Puts an object into its bucket. */
  put(key: string, bytes: ArrayBuffer): Promise<unknown>
}

/** In memory, where the system has that: R2 and Durable Objects are no disk of the machine that measures. */
const STORAGE = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

/**
 * A Worker as it is deployed, alone in workerd. Wrangler's development server and Miniflare each put another Worker in
 * front of it, which reads and writes every header of every response: that takes longer than what is compared.
 *
 * @param config  path of its wrangler.toml
 */
export async function startDeployed(
  config: string,
  vars: Readonly<Record<string, string>> = {},
): Promise<DeployedWorker> {
  const folder = await mkdtemp(join(STORAGE, 'easel-bench-'))
  const { workerOptions } = unstable_getMiniflareWorkerOptions(config)
  const contents = await readFile(await bundleWorker(config, folder), 'utf8')
  const options = convertV4MiniflareOptions({
    workers: [
      {
        ...workerOptions,
        name: 'worker',
        modules: [{ type: 'ESModule', path: 'worker.js', contents }],
        bindings: { ...unstable_readConfig({ config }).vars, ...vars },
        unsafeDirectSockets: [{ port: 0 }],
      },
    ],
    resourcePersistencePath: join(folder, 'state'),
    handleStructuredLogs: () => {},
  })
  const miniflare = new Miniflare(options)
  await miniflare.ready
  const bucket = await miniflare.getR2Bucket('BUCKET', 'worker')
  return {
    url: await miniflare.unsafeGetDirectURL('worker'),
    put: (key, bytes) => bucket.put(key, bytes),
    async [Symbol.asyncDispose]() {
      await miniflare.dispose()
      await rm(folder, { recursive: true })
    },
  }
}
