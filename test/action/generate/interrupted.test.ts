import { utimes } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { generateIn } from '../../support/action/generate-in.ts'
import { easel, startEasel } from '../../support/action/processes.ts'
import { images, report } from '../../support/action/report.ts'
import { startUpstream } from '../../support/action/upstream.ts'
import { config, createWorkspace } from '../../support/action/workspace.ts'

const POLL = { interval: 5, timeout: 20_000 }

describe('what was in flight when a run died', () => {
  it('is told by the next run, and counts towards its limit', async () => {
    await using upstream = await startUpstream({ faults: [{ match: 'number 0', silence: true, times: 1 }] })
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(2)) })
    const options = { cwd: workspace.root, env: upstream.env }
    const run = startEasel(['generate'], options)
    await expect.poll(() => workspace.lock().catch(() => new Map()), POLL).toHaveProperty('size', 1)
    run.child.kill('SIGKILL')
    await run.finished

    const limited = await generateIn(workspace, upstream, { maxCostUsd: 0.1 })
    const free = await generateIn(workspace, upstream)

    expect(limited.doubts).toEqual([
      { path: 'img/0.png', estimateUsd: expect.closeTo(0.067, 3), maxUsd: expect.any(Number) },
    ])
    expect(limited.images, 'another $0.067 would be above the limit').toMatchObject([
      { outcome: 'failed', code: 'budget_exhausted' },
      { outcome: 'unchanged' },
    ])
    expect(free.doubts, 'it is told once').toEqual([])
    expect(free.images[0]).toMatchObject({ outcome: 'generated' })
    expect(upstream.prompts()).toHaveLength(3)
  })

  it('is asked for by its name where OpenRouter has given one', async () => {
    await using upstream = await startUpstream({
      faults: [{ match: 'number 0', stallAt: 'image', billed: true, times: 1 }],
    })
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(1)) })
    const options = { cwd: workspace.root, env: upstream.env }
    const run = startEasel(['generate'], options)
    // Of the files that come and go.
    const state = async (): Promise<string> => {
      const texts = (await workspace.files()).map((file) => workspace.text(file).catch(() => ''))
      return (await Promise.all(texts)).join('')
    }
    await expect.poll(state, POLL).toContain('"generation_id"')
    run.child.kill('SIGKILL')
    await run.finished

    const { doubts, images: next } = await generateIn(workspace, upstream)

    expect(upstream.lookups.length).toBeGreaterThan(0)
    const usd = expect.closeTo(0.067, 3)
    expect(doubts).toEqual([
      { path: 'img/0.png', estimateUsd: usd, maxUsd: expect.any(Number), billedUsd: usd },
    ])
    expect(next).toMatchObject([{ outcome: 'generated' }])
  })
})

describe('two commands at once', () => {
  it('and one that has nothing to do leaves alone what arrives for the other', async () => {
    await using upstream = await startUpstream({
      faults: [{ match: 'number 1', bytes: 3_000_000, stallAt: 'image', times: 1 }],
    })
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(1)) })
    await generateIn(workspace, upstream)
    await workspace.write('easel.yml', config(...images(2)))
    const options = { cwd: workspace.root, env: upstream.env }
    const arriving = async () => (await workspace.files()).filter((file) => file.includes('.arriving.'))
    const first = startEasel(['generate'], options)
    await expect.poll(arriving, POLL).toHaveLength(1)

    const second = await easel(['generate', 'img/0.png'], options)

    expect(second).toMatchObject({ code: 0, stdout: 'Nothing to generate; 1 image up to date.\n' })
    expect(await arriving()).toHaveLength(1)
    first.child.kill('SIGKILL')
    await first.finished
    const third = await easel(['generate', 'img/0.png'], options)
    expect(third.stderr, 'now nobody is at work').toContain('img/1.png was in flight')
  })

  it('pays for nothing more once another command took over from it while it was suspended', async () => {
    await using upstream = await startUpstream({ latencyMs: 400 })
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(6)) })
    const options = { cwd: workspace.root, env: upstream.env }
    const first = startEasel(['generate', '-j', '1', '--on-error', 'keep-going'], options)
    await expect.poll(() => upstream.prompts().length, POLL).toBe(2)
    first.child.kill('SIGSTOP')
    // As if it had been suspended for so long.
    const longAgo = new Date(Date.now() - 61_000)
    await utimes(join(workspace.root, '.easel/running.json'), longAgo, longAgo)
    const second = await easel(['generate'], options)
    first.child.kill('SIGCONT')
    const { code, stderr } = await first.finished

    expect([second.code, code]).toEqual([0, 1])
    expect(stderr).toContain('Another easel command took over')
    expect(upstream.prompts(), 'only the one that was in flight twice').toHaveLength(7)
  })

  it('fails, and says why, when another command took over before it began', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(1)) })
    const other = { pid: process.pid, host: hostname(), token: 'of another' }

    const run = await generateIn(workspace, upstream, {}, () =>
      workspace.write('.easel/running.json', JSON.stringify(other)),
    )

    expect(run.stoppedBy).toContain('Another easel command took over')
    expect(upstream.prompts()).toEqual([])
  })

  it('or eight, beside what a killed one has left, all end well', async () => {
    await using upstream = await startUpstream({ latencyMs: 300 })
    const left = { pid: 2 ** 22, host: hostname(), token: 'of one that was killed' }
    await using workspace = await createWorkspace({
      'easel.yml': config(...images(4)),
      '.easel/running.json': JSON.stringify(left),
    })
    const options = { cwd: workspace.root, env: upstream.env }

    const runs = await Promise.all(Array.from({ length: 8 }, () => easel(['generate'], options)))

    expect(runs.map(({ code, stderr }) => [code, stderr.includes('error')])).toEqual(
      runs.map(() => [0, false]),
    )
    expect(upstream.prompts()).toHaveLength(4)
  })

  it('beside a file named .easel, which says what to do', async () => {
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(1)), '.easel': '' })
    const run = await easel(['generate'], { cwd: workspace.root, env: { OPENROUTER_API_KEY: 'sk-or-test' } })
    expect([run.code, run.stderr]).toEqual([
      2,
      expect.stringContaining('.easel is not a folder: move it away'),
    ])
  })

  it('wait for each other: nothing is paid for twice, and no entry is lost', async () => {
    await using upstream = await startUpstream({ latencyMs: 100 })
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(6)) })
    const options = { cwd: workspace.root, env: upstream.env }

    const runs = await Promise.all([easel(['generate'], options), easel(['generate'], options)])

    expect(runs.map(({ code }) => code)).toEqual([0, 0])
    expect(upstream.prompts()).toHaveLength(6)
    expect((await workspace.lock()).size).toBe(6)
    expect((await workspace.files()).filter((file) => file.startsWith('.'))).toEqual([])
  })
})

describe('max-cost-usd', () => {
  it('holds when connections break before a response: each counts as billed, none is retried', async () => {
    await using upstream = await startUpstream({ faults: [{ cutAtByte: 0 }] })
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(8)) })

    const run = await easel(
      ['generate', '--max-cost-usd', '0.15', '--on-error', 'keep-going', '-j', '2', '--json'],
      { cwd: workspace.root, env: upstream.env },
    )

    expect(upstream.prompts(), 'two at $0.067').toHaveLength(2)
    expect(report(run).totals).toMatchObject({ may_have_been_billed: 2, failed: 8 })
  })
})
