import { describe, expect, it } from 'vitest'
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
})
