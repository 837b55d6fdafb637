import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { startEasel } from '../../support/action/processes.ts'
import { images, outcomes, report } from '../../support/action/report.ts'
import { startUpstream } from '../../support/action/upstream.ts'
import { config, createWorkspace } from '../../support/action/workspace.ts'

/** Another process has to start first. */
const POLL = { interval: 5, timeout: 20_000 }

describe('an interrupted run', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'finishes what is in flight after one %s, and starts no more',
    async (signal) => {
      await using upstream = await startUpstream({ latencyMs: 700 })
      await using workspace = await createWorkspace({ 'easel.yml': config(...images(5)) })
      const run = startEasel(['generate', '-j', '2', '--json'], { cwd: workspace.root, env: upstream.env })
      await expect.poll(() => upstream.prompts(), POLL).toHaveLength(2)

      run.child.kill(signal)
      const finished = await run.finished

      expect(finished.code).toBe(signal === 'SIGINT' ? 130 : 143)
      expect(outcomes(finished)).toEqual(['generated', 'generated', 'not-tried', 'not-tried', 'not-tried'])
      expect(upstream.prompts()).toHaveLength(2)
      expect((await workspace.lock()).size).toBe(2)
    },
  )

  it('cancels after a second signal, with nothing half-written', async () => {
    await using upstream = await startUpstream({ faults: [{ match: 'number 1', silence: true }] })
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(3)) })
    const run = startEasel(['generate', '-j', '2', '--json'], { cwd: workspace.root, env: upstream.env })
    await Promise.all([run.prints('✓ img/0.png'), run.prints('✓ img/2.png')])

    run.child.kill('SIGINT')
    await run.prints('Finishing the images')
    run.child.kill('SIGTERM')
    const finished = await run.finished

    expect(finished.code).toBe(143)
    expect(outcomes(finished)).toEqual(['generated', 'failed', 'generated'])
    expect(report(finished).images[1]).toMatchObject({
      error: { code: 'aborted' },
      may_have_been_billed: true,
    })
    expect(await workspace.files()).toEqual(['easel.lock.json', 'easel.yml', 'img/0.png', 'img/2.png'])
    expect([...(await workspace.lock()).keys()]).toEqual(['img/0.png', 'img/2.png'])
  })

  it('leaves whole files and a correct lock even when it is killed', async () => {
    await using upstream = await startUpstream({ latencyMs: 30 })
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(30)) })
    const run = startEasel(['generate', '-j', '4'], { cwd: workspace.root, env: upstream.env })
    await expect.poll(() => upstream.prompts().length, POLL).toBeGreaterThan(12)

    run.child.kill('SIGKILL')
    await run.finished

    const lock = await workspace.lock()
    expect(lock.size).toBeGreaterThan(0)
    for (const [path, { sha256 }] of lock) expect(await workspace.sha256(path)).toBe(sha256)
    for (const file of (await workspace.files()).filter((name) => name.endsWith('.png'))) {
      expect((await sharp(join(workspace.root, file)).stats()).channels).toHaveLength(3)
    }
  })
})
