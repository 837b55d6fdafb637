import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { DEFAULT_MODEL } from '../../../shared/default-model.ts'
import { startUpstream } from '../../support/action/upstream.ts'
import { easel } from '../../support/action/processes.ts'
import { images, outcomes, report } from '../../support/action/report.ts'
import { config, createWorkspace } from '../../support/action/workspace.ts'

describe('easel generate', () => {
  it('generates what is new, and nothing the second time', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(3)) })
    const options = { cwd: workspace.root, env: upstream.env }

    const first = await easel(['generate'], options)
    const lockBefore = await workspace.text('easel.lock.json')
    const second = await easel(['generate'], options)

    expect(first.code).toBe(0)
    expect(first.stdout).toMatch(/3 images generated for \$0\.202\./)
    expect(second.code).toBe(0)
    expect(second.stdout).toBe('Nothing to generate; 3 images up to date.\n')
    expect(upstream.prompts()).toHaveLength(3)
    expect(await workspace.text('easel.lock.json')).toBe(lockBefore)
    expect(await workspace.files(), 'no temporary file stays').toEqual([
      'easel.lock.json',
      'easel.yml',
      'img/0.png',
      'img/1.png',
      'img/2.png',
    ])
  })

  it('records each image in the lock as it is on disk', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({
      'easel.yml': config(
        { path: 'b.png', prompt: 'x', aspect_ratio: '16:9' },
        { path: 'a.png', prompt: 'y' },
      ),
    })

    await easel(['generate'], { cwd: workspace.root, env: upstream.env })

    const lock = await workspace.lock()
    const entry = lock.get('b.png')
    expect([...lock.keys()], 'sorted by path').toEqual(['a.png', 'b.png'])
    expect(entry).toMatchObject({
      sha256: await workspace.sha256('b.png'),
      bytes: (await workspace.read('b.png')).byteLength,
      media_type: 'image/png',
      width: 1344,
      height: 768,
      model: DEFAULT_MODEL,
      generation_id: expect.stringMatching(/^gen-/),
      spec: { prompt: 'x', aspect_ratio: '16:9', model: DEFAULT_MODEL },
    })
    expect(entry?.cost_usd).toBeGreaterThan(0)
    const text = await workspace.text('easel.lock.json')
    expect(text.endsWith('}\n')).toBe(true)
    expect(text).not.toContain(workspace.root)
  })

  it('regenerates only what has changed', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(3)) })
    const options = { cwd: workspace.root, env: upstream.env }
    await easel(['generate'], options)
    upstream.clearRequests()
    const [first = {}, ...others] = images(3)
    await workspace.write('easel.yml', config({ ...first, prompt: 'Other words', alt: 'new' }, ...others))

    await easel(['generate'], options)

    expect(upstream.prompts()).toEqual(['Other words'])
  })

  it('sends files of the repository as data: URLs, and records their hash', async () => {
    await using upstream = await startUpstream()
    const logo = await sharp({ create: { width: 600, height: 600, channels: 3, background: 'teal' } })
      .png()
      .toBuffer()
    await using workspace = await createWorkspace({
      'easel.yml': config({ path: 'a.png', prompt: 'x', input_images: ['brand/logo.png'] }),
      'brand/logo.png': logo,
    })

    const { code } = await easel(['generate'], { cwd: workspace.root, env: upstream.env })

    expect(code).toBe(0)
    expect(JSON.stringify(upstream.requests)).toContain(`data:image/png;base64,${logo.toString('base64')}`)
    expect((await workspace.lock()).get('a.png')?.spec['input_images']).toEqual([
      `sha256:${await workspace.sha256('brand/logo.png')}`,
    ])
  })

  it('never exceeds the concurrency', async () => {
    await using upstream = await startUpstream({ latencyMs: 60 })
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(9)) })

    await easel(['generate', '-j', '3'], { cwd: workspace.root, env: upstream.env })

    const begun = upstream.requests.filter(({ method }) => method === 'POST').map(({ at }) => at)
    expect(begun).toHaveLength(9)
    // The fourth request can't start before one of the first three has finished.
    for (let index = 3; index < begun.length; index++) {
      expect((begun[index] ?? 0) - (begun[index - 3] ?? 0)).toBeGreaterThanOrEqual(59)
    }
  })

  it('retries a transient failure, and pays once', async () => {
    await using upstream = await startUpstream({ faults: [{ status: 503, times: 1, retryAfterSeconds: 0 }] })
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(1)) })

    const { code } = await easel(['generate'], { cwd: workspace.root, env: upstream.env })

    expect(code).toBe(0)
    expect(upstream.prompts()).toHaveLength(2)
    expect((await workspace.lock()).size).toBe(1)
  })

  it('stops at the first failure, and keeps what is paid for', async () => {
    await using upstream = await startUpstream({ faults: [{ refusal: true, match: 'number 1' }] })
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(4)) })

    const run = await easel(['generate', '-j', '1', '--json'], { cwd: workspace.root, env: upstream.env })

    expect(run.code).toBe(1)
    expect(outcomes(run)).toEqual(['generated', 'failed', 'not-tried', 'not-tried'])
    expect(report(run).images[1]?.error?.code).toBe('refused')
    expect(upstream.prompts()).toHaveLength(2)
    expect([...(await workspace.lock()).keys()]).toEqual(['img/0.png'])
  })

  it('continues with the others under keep-going, and still fails', async () => {
    await using upstream = await startUpstream({ faults: [{ noImage: true, match: 'number 1' }] })
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(4)) })

    const run = await easel(['generate', '--on-error', 'keep-going', '--json'], {
      cwd: workspace.root,
      env: upstream.env,
    })

    expect(run.code).toBe(1)
    expect(outcomes(run)).toEqual(['generated', 'failed', 'generated', 'generated'])
    expect((await workspace.lock()).size).toBe(3)
  })

  it('stops when the account is out of credits, even under keep-going', async () => {
    await using upstream = await startUpstream({ faults: [{ status: 402 }] })
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(5)) })

    const run = await easel(['generate', '-j', '1', '--on-error', 'keep-going', '--json'], {
      cwd: workspace.root,
      env: upstream.env,
    })

    expect(outcomes(run)).toEqual(['failed', 'not-tried', 'not-tried', 'not-tried', 'not-tried'])
    expect(upstream.prompts()).toHaveLength(1)
  })

  it('overwrites an edited file only with --on-drift regenerate', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(1)) })
    const options = { cwd: workspace.root, env: upstream.env }
    await easel(['generate'], options)
    await workspace.write('img/0.png', 'edited by hand')

    const kept = await easel(['generate'], options)
    const refused = await easel(['generate', '--on-drift', 'fail'], options)
    expect(await workspace.text('img/0.png')).toBe('edited by hand')
    const regenerated = await easel(['generate', '--on-drift', 'regenerate'], options)

    expect([kept.code, refused.code, regenerated.code]).toEqual([0, 1, 0])
    expect(kept.stdout).toContain('1 file edited by hand and kept')
    expect(await workspace.sha256('img/0.png')).toBe((await workspace.lock()).get('img/0.png')?.sha256)
    expect(upstream.prompts()).toHaveLength(2)
  })

  it('regenerates what is up to date only with --force, and only what is selected', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(3)) })
    const options = { cwd: workspace.root, env: upstream.env }
    await easel(['generate'], options)
    upstream.clearRequests()

    await easel(['generate', '--force', 'img/1.png'], options)

    expect(upstream.prompts()).toEqual(['Image number 1'])
  })

  it('removes orphans with --prune, but not a file that was edited by hand', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(3)) })
    const options = { cwd: workspace.root, env: upstream.env }
    await easel(['generate'], options)
    await workspace.write('img/2.png', 'edited by hand')
    await workspace.write('easel.yml', config(...images(1)))

    const { stdout } = await easel(['generate', '--prune'], options)

    expect(stdout).toContain('img/1.png: removed')
    expect(stdout).toContain('img/2.png: removed from the lock; the file was edited by hand and stays')
    expect(await workspace.files()).toEqual(['easel.lock.json', 'easel.yml', 'img/0.png', 'img/2.png'])
    expect([...(await workspace.lock()).keys()]).toEqual(['img/0.png'])
  })

  it.each([
    ['hero.jpg', {}, 'jpeg'],
    ['hero.webp', {}, 'webp'],
    ['hero.webp', { output_format: 'webp', output_compression: 40 }, 'webp'],
  ])('converts to %s when the model accepts no format', async (path, extra, format) => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({
      'easel.yml': config({ path, prompt: 'A fox', ...extra }),
    })

    const { code, stdout } = await easel(['generate'], { cwd: workspace.root, env: upstream.env })

    expect(code).toBe(0)
    expect(stdout).toContain('converted from png')
    expect((await sharp(await workspace.read(path)).metadata()).format).toBe(format)
    expect((await workspace.lock()).get(path)).toMatchObject({
      media_type: `image/${format}`,
      sha256: await workspace.sha256(path),
    })
    expect(JSON.stringify(upstream.requests)).not.toContain('output_format')
  })

  it('requests the format from a model that accepts it', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({
      'easel.yml': config({ path: 'a.webp', prompt: 'x', model: 'openai/gpt-image-1' }),
    })

    const { code, stdout } = await easel(['generate'], { cwd: workspace.root, env: upstream.env })

    expect(code).toBe(0)
    expect(stdout).not.toContain('converted from png')
    expect(JSON.stringify(upstream.requests)).toContain('"output_format":"webp"')
    expect((await workspace.lock()).get('a.webp')?.media_type).toBe('image/webp')
  })

  it('writes the format of the extension, even if the model returns another type than it declares', async () => {
    await using upstream = await startUpstream({ faults: [{ lyingMediaType: true }] })
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(1)) })

    const { code, stdout } = await easel(['generate'], { cwd: workspace.root, env: upstream.env })

    expect(code).toBe(0)
    expect(stdout).toContain('converted from jpeg')
    expect((await sharp(await workspace.read('img/0.png')).metadata()).format).toBe('png')
  })

  it('keeps an image that it can’t convert, and says where', async () => {
    await using upstream = await startUpstream({ faults: [{ lyingMediaType: true }] })
    await using workspace = await createWorkspace({
      'easel.yml': config({ path: 'a.svg', prompt: 'x', model: 'recraft/recraft-v4.1-vector' }),
    })

    const run = await easel(['generate', '--json'], { cwd: workspace.root, env: upstream.env })

    const [image] = report(run).images
    expect(image?.error?.message).toContain(
      'The model returned image/jpeg for a.svg, and Easel can’t convert that to svg.',
    )
    expect((await sharp(image?.rescued_to).metadata()).format).toBe('jpeg')
    expect(await workspace.files()).not.toContain('a.svg')

    await easel(['generate'], { cwd: workspace.root, env: upstream.env })
    expect(upstream.prompts(), 'it is not paid for again').toHaveLength(1)
  })

  it('prints nothing but JSON with --json, and the key nowhere', async () => {
    await using upstream = await startUpstream({ faults: [{ status: 401, match: 'number 1' }] })
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(2)) })

    const run = await easel(['generate', '--json'], { cwd: workspace.root, env: upstream.env })

    expect(() => report(run)).not.toThrow()
    for (const text of [run.stdout, run.stderr, await workspace.text('easel.lock.json')]) {
      expect(text).not.toContain('sk-or-test')
    }
  })

  it('needs a key only when there is something to generate', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(1)) })
    const env = { OPENROUTER_BASE_URL: upstream.url }

    const without = await easel(['generate'], { cwd: workspace.root, env })
    await easel(['generate'], { cwd: workspace.root, env: upstream.env })
    const idle = await easel(['generate'], { cwd: workspace.root, env })

    expect(without.code).toBe(2)
    expect(without.stderr).toContain('OPENROUTER_API_KEY is not set')
    expect(idle.code).toBe(0)
  })
})
