import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { checkAccount } from '../../scripts/deploy/preconditions.ts'
import { runWrangler, type Wrangler } from '../../scripts/deploy/wrangler.ts'
import { type CloudflareAccount, serveCloudflare } from '../support/cloudflare.ts'

const ROOT = join(import.meta.dirname, '../..')
const SECRETS = ['OPENROUTER_API_KEY', 'EASEL_TOKENS', 'EASEL_SIGNING_KEYS']
let home: string

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'easel-deploy-'))
})

afterAll(() => rm(home, { recursive: true }))

describe('npm run deploy', { timeout: 60_000 }, () => {
  it('says first that nobody is logged in, and nothing else', async () => {
    const { code, output } = await deploy(['--check'])

    expect(code).toBe(1)
    expect(remedies(output)).toEqual([expect.stringMatching(/^npx wrangler login /)])
  })

  it('says where to enable R2 and to choose a subdomain, and which command sets each missing secret', async () => {
    const { code, output } = await deployTo({ buckets: undefined, secrets: {} }, ['--check'])

    expect(code).toBe(1)
    expect(remedies(output)).toEqual([
      'https://dash.cloudflare.com/?to=/:account/r2/overview',
      expect.stringMatching(/^https:.*\/workers\/onboarding .*routes in wrangler.toml/),
      ...SECRETS.map((name) => `npx wrangler secret put ${name}`),
    ])
  })

  it('knows a second Worker for staging, with a bucket and secrets of its own', async () => {
    const secrets = { easel: SECRETS, 'easel-staging': SECRETS.slice(1) }
    const account = { buckets: ['easel'], secrets, subdomain: 'ada' }
    const [staging, production] = await Promise.all([
      deployTo(account, ['--check', '--staging']),
      deployTo(account, ['--check']),
    ])

    expect(staging.code).toBe(1)
    expect(remedies(staging.output)).toEqual([
      'npx wrangler r2 bucket create easel-staging',
      'npx wrangler secret put OPENROUTER_API_KEY --config wrangler.staging.toml',
    ])
    expect(production.code).toBe(0)
    expect(production.output).toContain('npm run deploy deploys the Worker to https://easel.ada.workers.dev.')
  })
})

describe('the domain in wrangler.toml', () => {
  let cloudflare: Awaited<ReturnType<typeof serveCloudflare>>

  beforeAll(async () => {
    cloudflare = await serveCloudflare({
      buckets: ['easel'],
      secrets: { easel: SECRETS },
      zones: ['example.com'],
    })
    vi.stubEnv('CLOUDFLARE_API_BASE_URL', cloudflare.url)
    vi.stubEnv('CLOUDFLARE_API_TOKEN', 'token')
  })
  afterAll(() => {
    vi.unstubAllEnvs()
    cloudflare.close()
  })

  it.each([
    ['that is in the account is where the Worker will be', 'img.example.com', 'https://img.example.com', []],
    ['that is in no zone of the account is named', 'img.example.org', undefined, [/^img.example.org/]],
  ])('%s', async (_, domain, address, problems) => {
    const config = await readFile(join(ROOT, 'wrangler.toml'), 'utf8')
    const withDomain = config.replace('# routes = ', 'routes = ').replace('img.example.com', domain)
    const found = await checkAccount(withDomain, 'wrangler.toml', wranglerOnce)

    expect(found.address).toBe(address)
    expect(found.missing.map(({ problem }) => problem)).toEqual(
      problems.map((one) => expect.stringMatching(one)),
    )
  })
})

const answers = new Map<string, ReturnType<Wrangler>>()

/** Both configs ask the same of one account, and each command takes seconds. */
const wranglerOnce: Wrangler = (args) => {
  const command = args.join(' ')
  const answer = answers.get(command) ?? runWrangler(args)
  answers.set(command, answer)
  return answer
}

/** The commands that the output suggests. */
function remedies(output: string): readonly string[] {
  return output.split('\n').flatMap((line) => /^ {2}(\S.+)$/.exec(line)?.[1] ?? [])
}

async function deployTo(account: CloudflareAccount, args: readonly string[]) {
  const cloudflare = await serveCloudflare(account)
  const result = await deploy(args, {
    CLOUDFLARE_API_BASE_URL: cloudflare.url,
    CLOUDFLARE_API_TOKEN: 'token',
  })
  cloudflare.close()
  return result
}

/** Without the login of whoever runs the tests. */
function deploy(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      'npm',
      ['run', '--silent', 'deploy', '--', ...args],
      {
        cwd: ROOT,
        env: {
          ...process.env,
          CLOUDFLARE_CF_FETCH_ENABLED: 'false',
          WRANGLER_SEND_METRICS: 'false',
          NO_COLOR: '1',
          HOME: home,
          XDG_CONFIG_HOME: home,
          ...env,
        },
      },
      (_, stdout, stderr) => resolve({ code: child.exitCode ?? 1, output: `${stdout}${stderr}` }),
    )
  })
}
