import { describe, expect, it } from 'vitest'
import { serveContents } from '../../support/action/contents.ts'
import { runAction } from '../../support/action/processes.ts'
import { inputsFor, startUpstream } from '../../support/action/upstream.ts'
import { config, createWorkspace } from '../../support/action/workspace.ts'

describe('where money must not be spent', () => {
  it('only plans without a key, says why, and passes', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config({ path: 'a.png', prompt: 'x' }) })

    const run = await runAction(workspace.root, { inputs: inputsFor(upstream, { 'openrouter-api-key': '' }) })

    expect(run.code).toBe(0)
    expect(run.stdout).toContain('::notice title=Easel::The input openrouter-api-key is empty')
    expect(run.outputs).toMatchObject({ changed: 'false', planned: '1', generated: '0' })
    expect(run.summary).toContain('The input openrouter-api-key is empty')
    expect(await workspace.files()).toEqual(['easel.yml'])
    expect(upstream.prompts()).toEqual([])
  })

  it.each([
    ['a fork', { full_name: 'mallory/docs' }],
    ['a deleted fork', null],
  ])('only plans on a pull request of %s, even with a key', async (_, repo) => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config({ path: 'a.png', prompt: 'x' }) })

    const run = await runAction(workspace.root, {
      inputs: inputsFor(upstream),
      eventName: 'pull_request',
      event: { pull_request: { head: { repo }, base: { sha: 'ba5e' } } },
    })

    expect(run.code).toBe(0)
    expect(run.stdout).toContain('comes from a fork')
    expect(upstream.prompts()).toEqual([])
  })

  it('generates on a pull request of the repository itself', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config({ path: 'a.png', prompt: 'x' }) })

    await runAction(workspace.root, {
      inputs: inputsFor(upstream),
      eventName: 'pull_request',
      event: { pull_request: { head: { repo: { full_name: 'octo/docs' } }, base: { sha: 'ba5e' } } },
    })

    expect(upstream.prompts()).toEqual(['x'])
  })

  it.each([
    [
      'pull_request_target',
      { pull_request: { head: { repo: { full_name: 'octo/docs' } }, base: { sha: 'ba5e' } } },
      'ba5e',
    ],
    [
      'workflow_run',
      { workflow_run: { head_repository: { full_name: 'mallory/docs' } } },
      'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00',
    ],
  ])(
    'only plans on %s, with the config of the base branch and not the one in the workspace',
    async (eventName, event, sha) => {
      await using upstream = await startUpstream()
      await using github = await serveContents(
        new Map([
          [`/repos/octo/docs/contents/easel.yml?ref=${sha}`, config({ path: 'base.png', prompt: 'base' })],
        ]),
      )
      await using workspace = await createWorkspace({
        'easel.yml': config({ path: 'evil.png', prompt: 'evil' }),
      })

      const run = await runAction(workspace.root, {
        inputs: inputsFor(upstream),
        eventName,
        event,
        env: { GITHUB_API_URL: github.url },
      })

      expect(run.code).toBe(0)
      expect(run.report).toMatchObject({ images: [{ path: 'base.png', status: 'new' }] })
      expect(JSON.stringify(run.report)).not.toContain('evil')
      expect(upstream.prompts()).toEqual([])
      expect(await workspace.files()).toEqual(['easel.yml'])
    },
  )

  it('plans nothing on pull_request_target when the base has no config', async () => {
    await using upstream = await startUpstream()
    await using github = await serveContents(new Map())
    await using workspace = await createWorkspace({
      'easel.yml': config({ path: 'evil.png', prompt: 'evil' }),
    })

    const run = await runAction(workspace.root, {
      inputs: inputsFor(upstream),
      eventName: 'pull_request_target',
      event: { pull_request: { head: { repo: null }, base: { sha: 'ba5e' } } },
      env: { GITHUB_API_URL: github.url },
    })

    expect(run.code).toBe(0)
    expect(run.stdout).toContain('The base branch has no config')
  })
})
