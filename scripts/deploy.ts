/**
 * Deploys the Worker, or says what is missing and which command comes next.
 *
 *     npm run deploy                 checks, then deploys
 *     npm run deploy -- --check      only checks
 *     npm run deploy -- --staging    deploys a second Worker with a bucket and a ledger of its own
 *
 * Other arguments go to `wrangler deploy`; `--dry-run` needs no account, so nothing is checked.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { checkAccount, type Preconditions } from './deploy/preconditions.ts'
import { stagingConfig } from './deploy/staging-config.ts'
import { runWrangler } from './deploy/wrangler.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

process.chdir(ROOT)
const {
  values: { check, staging },
  tokens,
} = parseArgs({
  options: { check: { type: 'boolean' }, staging: { type: 'boolean' } },
  strict: false,
  tokens: true,
})
const others = process.argv
  .slice(2)
  .filter((_, index) => !tokens.some((token) => token.index === index && isOwn(token)))
const production = await readFile('wrangler.toml', 'utf8')
let config = 'wrangler.toml'
let text = production
if (staging) {
  config = 'wrangler.staging.toml'
  text = stagingConfig(production)
  await writeFile(config, text)
}

// Workers Builds, which the Deploy to Cloudflare button starts, has set everything up.
const isChecked = others.includes('--dry-run') || process.env['WORKERS_CI'] !== undefined
const { missing, address }: Preconditions =
  isChecked && !check ? { missing: [] } : await checkAccount(text, config, runWrangler)
if (missing.length > 0) {
  console.error('Not deployed. Missing:\n')
  for (const { problem, remedy } of missing) console.error(`${problem}\n  ${remedy}\n`)
  console.error('Then run this command again.')
  process.exitCode = 1
} else if (check) {
  const command = `npm run deploy${staging ? ' -- --staging' : ''}`
  console.log(
    `Nothing is missing. ${command} deploys the Worker${address === undefined ? '' : ` to ${address}`}.`,
  )
} else {
  const wrangler = spawn('wrangler', ['deploy', '--config', config, ...others], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  const [code] = await once(wrangler, 'exit')
  process.exitCode = typeof code === 'number' ? code : 1
  if (code === 0 && !others.includes('--dry-run')) {
    console.log(`\nNext: is everything well?\n  curl ${address ?? 'https://<that address>'}/healthz`)
  }
}

function isOwn(token: { readonly kind: string; readonly name?: string }): boolean {
  return token.kind === 'option' && (token.name === 'check' || token.name === 'staging')
}
