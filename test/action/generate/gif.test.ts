import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { easel } from '../../support/action/processes.ts'
import { startUpstream } from '../../support/action/upstream.ts'
import { createWorkspace } from '../../support/action/workspace.ts'

const WITH_GIF = 'bytedance-seed/seedream-5-0-flash'

function configOf(path: string, model: string): string {
  return `version: 1\nimages:\n  - { path: ${path}, prompt: A fox, model: ${model} }\n`
}

describe('a path that ends in .gif', () => {
  it('gets the GIF of the model as it is, all frames, with the size of the first', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': configOf('a.gif', WITH_GIF) })

    const { code, stdout } = await easel(['generate'], { cwd: workspace.root, env: upstream.env })

    expect(code).toBe(0)
    expect(stdout).not.toContain('converted')
    const file = await sharp(await workspace.read('a.gif'), { animated: true }).metadata()
    expect(file).toMatchObject({ format: 'gif', pages: 2, pageHeight: 1024 })
    expect((await workspace.lock()).get('a.gif')).toMatchObject({
      media_type: 'image/gif',
      width: 1024,
      height: 1024,
      spec: { output_format: 'gif' },
    })
  })

  it('is refused before anything is paid where the model has no GIF: nothing else becomes one', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({
      'easel.yml': configOf('a.gif', 'google/gemini-3.1-flash-image'),
    })

    const { code, stderr } = await easel(['generate'], { cwd: workspace.root, env: upstream.env })

    expect(code).toBe(2)
    expect(stderr).toContain('output_format')
    expect(upstream.prompts()).toEqual([])
  })
})
