import { resolve } from 'node:path'
import { build } from 'esbuild'
import { convertV4MiniflareOptions, Miniflare, type V4WorkerOptions } from 'miniflare'
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

/** A Worker alone in workerd. */
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
 * Starts Easel as wrangler.toml says.
 *
 * @param onLog  called for each line of the log
 */
export async function startInWorkerd(
  { main = './worker/index.ts', vars, without = [], config = {}, easelConfig, state }: WorkerChanges,
  onLog: (line: string) => void,
): Promise<InWorkerd> {
  await buildOnce()
  const written = unstable_readConfig({ config: 'wrangler.toml' }, { hideWarnings: true })
  const { workerOptions } = unstable_getMiniflareWorkerOptions({
    ...written,
    ...config,
    ...Object.fromEntries(without.map((key) => [key, undefined])),
    // Secrets are given as variables here, and nobody's .dev.vars is read.
    secrets: undefined,
    configPath: undefined,
  })
  const alias = { ...readConfig().alias, ...(easelConfig !== undefined && { 'easel-config': easelConfig }) }
  const bindings = { ...written.vars, ...vars }
  return runInWorkerd({ ...workerOptions, bindings }, { main, alias, state, onLog })
}

/**
 * Runs a Worker. Wrangler itself would bundle it again for each start, and put another Worker in another process in
 * front of it: three times the work, for every start and every request.
 */
export async function runInWorkerd(
  options: Omit<V4WorkerOptions, 'script' | 'modules' | 'name'>,
  {
    main,
    alias = {},
    state,
    onLog = () => {},
  }: {
    readonly main: string
    readonly alias?: Readonly<Record<string, string>>
    readonly state?: string | undefined
    readonly onLog?: (line: string) => void
  },
): Promise<InWorkerd> {
  const contents = await bundled(main, alias)
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      workers: [{ ...options, name: NAME, modules: [{ type: 'ESModule', path: 'worker.js', contents }] }],
      handleStructuredLogs: ({ message }) => onLog(message),
      unsafeInspectDurableObjects: true,
      ...(state !== undefined && { resourcePersistencePath: state }),
    }),
  )
  return {
    url: await miniflare.ready,
    bindings: () => miniflare.getBindings(NAME),
    async query(className, name, sql) {
      return (await miniflare.unsafeGetDurableObjectStorage(NAME, className, { name })).exec(sql)
    },
    kill: () => miniflare.dispose(),
  }
}

/** By what is bundled. */
const bundles = new Map<string, Promise<string>>()

function bundled(main: string, alias: Readonly<Record<string, string>>): Promise<string> {
  const key = JSON.stringify([main, alias])
  const bundle = bundles.get(key) ?? bundleWorker(main, alias)
  bundles.set(key, bundle)
  return bundle
}

/** Bundles with what wrangler tells esbuild. */
async function bundleWorker(main: string, alias: Readonly<Record<string, string>>): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [main],
    alias: Object.fromEntries(Object.entries(alias).map(([name, path]) => [name, resolve(path)])),
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
