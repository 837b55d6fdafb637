import { describe, expect, it } from 'vitest'
import { easel, startEasel } from '../../support/action/processes.ts'
import { images } from '../../support/action/report.ts'
import { startUpstream } from '../../support/action/upstream.ts'
import { config, createWorkspace } from '../../support/action/workspace.ts'

/** Eight images at once, of which the first arrives long before the others. */
const FAULTS = [
  { match: 'number 0', latencyMs: 1, times: 1 },
  { path: 'chat', latencyMs: 1500, times: 7 },
] as const

describe('a pipe that closes while images are in flight', () => {
  it.each([
    ['standard output', ['stdout']],
    ['standard error', ['stderr']],
    ['both, as with 2>&1', ['stdout', 'stderr']],
  ] as const)(
    '%s: all of them are saved, no other starts, and nothing is paid for twice',
    async (_, closed) => {
      await using upstream = await startUpstream({ faults: [...FAULTS] })
      await using workspace = await createWorkspace({ 'easel.yml': config(...images(10)) })
      const options = { cwd: workspace.root, env: upstream.env }
      const run = startEasel(['generate', '-j', '8'], options)
      await run.prints('[1/10] ✓ img/0.png')

      for (const name of closed) run.child[name]?.destroy()
      // Ctrl-C reaches the whole pipeline: the reader ends at once.
      run.child.kill('SIGINT')
      const { code } = await run.finished
      const lock = await workspace.lock()
      const paid = upstream.prompts().length
      const again = await easel(['check', '--json', ...lock.keys()], options)

      expect(code).toBe(130)
      expect(paid).toBeLessThan(10)
      expect(paid).toBeGreaterThanOrEqual(8)
      expect(lock.size).toBe(paid)
      expect(again.code, 'all are up to date').toBe(0)
    },
  )

  it('ends the run without a signal, too', async () => {
    await using upstream = await startUpstream({ faults: [...FAULTS] })
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(20)) })
    const run = startEasel(['generate', '-j', '8'], { cwd: workspace.root, env: upstream.env })
    await run.prints('[1/20] ✓ img/0.png')

    run.child.stdout?.destroy()
    const { code, stderr } = await run.finished

    expect(code).toBe(1)
    expect(stderr).toContain('Stopped early')
    expect(upstream.prompts().length).toBeLessThan(20)
    expect((await workspace.lock()).size).toBe(upstream.prompts().length)
  })

  it('is no failure of a command that only prints', async () => {
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(3000)) })
    const run = startEasel(['check', '--json'], { cwd: workspace.root })

    run.child.stdout?.destroy()
    const { code, stderr } = await run.finished

    expect([code, stderr]).toEqual([3, ''])
  })
})

describe.runIf(process.platform === 'linux')('output that goes to a full disk', () => {
  it('is an error, and every image is saved', async () => {
    await using upstream = await startUpstream({ latencyMs: 100 })
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(3)) })
    const options = { cwd: workspace.root, env: upstream.env, output: '/dev/full' }

    const { code, stderr } = await easel(['generate', '-j', '1'], options)

    expect(code).toBe(1)
    expect(stderr.match(/error: .*/g)).toEqual(['error: Standard output can’t be written: the disk is full.'])
    expect((await workspace.lock()).size).toBe(3)
  })
})
