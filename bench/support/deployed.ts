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
  const { workerOptions } = unstable_getMiniflareWorkerOptions(config)
  const options = convertV4MiniflareOptions({
    workers: [
      {
        ...workerOptions,
        name: 'worker',
        modules: [{ type: 'ESModule', path: 'worker.js', contents: await bundled(config) }],
        bindings: { ...unstable_readConfig({ config }).vars, ...vars },
        unsafeDirectSockets: [{ port: 0 }],
      },
    ],
    handleStructuredLogs: () => {},
  })
  const miniflare = new Miniflare(options)
  await miniflare.ready
  const bucket = await miniflare.getR2Bucket('BUCKET', 'worker')
  return {
    url: await miniflare.unsafeGetDirectURL('worker'),
    put: (key, bytes) => bucket.put(key, bytes),
    [Symbol.asyncDispose]: () => miniflare.dispose(),
  }
}

async function bundled(config: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'easel-bench-'))
  try {
    return await readFile(await bundleWorker(config, folder), 'utf8')
  } finally {
    await rm(folder, { recursive: true })
  }
}
