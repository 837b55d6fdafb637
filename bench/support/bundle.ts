import { execFile } from 'node:child_process'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { unstable_readConfig } from 'wrangler'

const run = promisify(execFile)
const WRANGLER = join('node_modules', 'wrangler', 'bin', 'wrangler.js')

/** Bundles a Worker as `wrangler deploy` would send it. @returns the path of the bundle's one file */
export async function bundleWorker(config: string, outdir: string): Promise<string> {
  await run(process.execPath, [WRANGLER, 'deploy', '--config', config, '--dry-run', '--outdir', outdir], {
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false' },
  })
  const { main = '' } = unstable_readConfig({ config })
  return join(outdir, basename(main).replace(/\.ts$/, '.js'))
}
