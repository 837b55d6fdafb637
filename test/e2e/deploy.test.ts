import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')

describe('wrangler.toml', () => {
  it('deploys unchanged, with every binding that the Worker needs', async () => {
    const outdir = await mkdtemp(join(tmpdir(), 'easel-deploy-'))
    const { stdout } = await promisify(execFile)(
      'npx',
      ['wrangler', 'deploy', '--dry-run', '--outdir', outdir],
      {
        cwd: ROOT,
        env: { ...process.env, WRANGLER_SEND_METRICS: 'false', NO_COLOR: '1' },
      },
    )
    await rm(outdir, { recursive: true })

    for (const binding of [
      'env.BUCKET',
      'env.JOBS',
      'env.BUDGET',
      'env.MISS_LIMIT',
      'env.VARIANT_LIMIT',
      'env.EASEL_ACCESS ("signed")',
    ]) {
      expect(stdout).toContain(binding)
    }
  })
})
