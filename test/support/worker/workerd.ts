import { resolve } from 'node:path'
import { build } from 'esbuild'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { unstable_getMiniflareWorkerOptions, unstable_readConfig } from 'wrangler'
import { buildOnce, readConfig } from './built.ts'

// No request of its own.
process.env['CLOUDFLARE_CF_FETCH_ENABLED'] = 'false'

/** How a Worker differs from what wrangler.toml says. */
export interface WorkerChanges {
  /** Another entrypoint than the Worker's own, such as one that counts what it does. */
  readonly main?: string | undefined
  /** Beside those of wrangler.toml. */
  readonly vars: Readonly<Record<string, string>>
  /** Keys of wrangler.toml that are left out, such as a binding's. */
  readonly without?: readonly string[] | undefined
  /** Keys of wrangler.toml with another value. */
  readonly config?: Readonly<Record<string, unknown>> | undefined
  /** A compiled easel.yml to be deployed with. */
  readonly easelConfig?: string | undefined
  /** A folder for what R2 and the Durable Objects store; otherwise it is gone with the Worker. */
  readonly state?: string | undefined
}

const NAME = 'worker'

/** The Worker alone in workerd. */
export interface InWorkerd {
  readonly url: URL
  /** Its bindings, as it sees them. */
  bindings<Env>(): Promise<Env>
  /** Runs a query in the storage of a Durable Object. */
  query(className: string, name: string, sql: string): Promise<unknown>
  /** Ends workerd with SIGKILL. */
  kill(): Promise<void>
}

/**
 * Starts the Worker as wrangler.toml says. Wrangler itself would bundle it again for each start, and put another Worker
 * in another process in front of it: three times the work, for every start and every request.
 *
 * @param onLog  called for each line of the log
 */
export async function startInWorkerd(
  { main = './worker/index.ts', vars, without = [], config = {}, easelConfig, state }: WorkerChanges,
  onLog: (line: string) => void,
): Promise<InWorkerd> {
  await buildOnce()
  const written = unstable_readConfig({ config: 'wrangler.toml' }, { hideWarnings: true })
  const changed = {
    ...written,
    ...config,
    ...Object.fromEntries(without.map((key) => [key, undefined])),
    // Secrets are given as variables here, and nobody's .dev.vars is read.
    secrets: undefined,
    configPath: undefined,
  }
  const { workerOptions } = unstable_getMiniflareWorkerOptions(changed)
  const miniflare = new Miniflare({
    ...convertV4MiniflareOptions({
      workers: [
        {
          ...workerOptions,
          name: NAME,
          modules: [{ type: 'ESModule', path: 'worker.js', contents: await bundled(main, easelConfig) }],
          bindings: { ...written.vars, ...vars },
        },
      ],
      handleStructuredLogs: ({ message }) => onLog(message),
      unsafeInspectDurableObjects: true,
      ...(state !== undefined && { resourcePersistencePath: state }),
    }),
  })
  return {
    url: await miniflare.ready,
    bindings: () => miniflare.getBindings(NAME),
    async query(className, name, sql) {
      return (await miniflare.unsafeGetDurableObjectStorage(NAME, className, { name })).exec(sql)
    },
    kill: () => miniflare.dispose(),
  }
}

/** By entrypoint and config. */
const bundles = new Map<string, Promise<string>>()

/** Bundles once in a process, with what wrangler tells esbuild. */
function bundled(main: string, easelConfig: string | undefined): Promise<string> {
  const key = `${main} ${easelConfig ?? ''}`
  const bundle = bundles.get(key) ?? bundleWorker(main, easelConfig)
  bundles.set(key, bundle)
  return bundle
}

async function bundleWorker(main: string, easelConfig: string | undefined): Promise<string> {
  const paths = { ...readConfig().alias, ...(easelConfig !== undefined && { 'easel-config': easelConfig }) }
  const { outputFiles } = await build({
    entryPoints: [main],
    alias: Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, resolve(path)])),
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*', 'node:*'],
    define: { 'process.env.NODE_ENV': '"development"' },
    keepNames: true,
    logLevel: 'warning',
  })
  return outputFiles[0]?.text ?? ''
}
