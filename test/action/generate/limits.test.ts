import { describe, expect, it } from 'vitest'
import { easel } from '../../support/action/processes.ts'
import { images, outcomes, report } from '../../support/action/report.ts'
import { startUpstream } from '../../support/action/upstream.ts'
import { config, createWorkspace } from '../../support/action/workspace.ts'

describe.concurrent('the limits of a run', () => {
  it('generates at most max-images images, and reports which are left out', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(5)) })

    const run = await easel(['generate', '--max-images', '2', '--json'], {
      cwd: workspace.root,
      env: upstream.env,
    })

    expect(run.code).toBe(1)
    expect(report(run).totals).toMatchObject({ generated: 2, failed: 3 })
    expect(report(run).images[4]?.error).toEqual({
      code: 'budget_exhausted',
      message: 'The limit of 2 images for this run is reached (max-images).',
    })
    expect(upstream.prompts()).toHaveLength(2)
  })

  it.each(['1', '8'])('never spends more than max-cost-usd, %s at a time', async (concurrency) => {
    await using upstream = await startUpstream({ latencyMs: 20 })
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(6)) })

    const run = await easel(['generate', '--max-cost-usd', '0.21', '-j', concurrency, '--json'], {
      cwd: workspace.root,
      env: upstream.env,
    })

    expect(run.code).toBe(1)
    expect(report(run).totals['generated'], 'three at $0.0672').toBe(3)
    expect(report(run).totals['cost_usd']).toBeLessThanOrEqual(0.21)
    expect(upstream.prompts()).toHaveLength(3)
  })

  it('reports a request that may have been billed, and counts its estimate against max-cost-usd', async () => {
    await using upstream = await startUpstream({
      faults: [{ status: 504, lookupMisses: 99, match: 'number 0' }],
    })
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(3)) })

    const run = await easel(
      ['generate', '-j', '1', '--on-error', 'keep-going', '--max-cost-usd', '0.18', '--json'],
      { cwd: workspace.root, env: upstream.env },
    )

    expect(run.code).toBe(1)
    expect(outcomes(run), 'the third would fit if the first had counted nothing').toEqual([
      'failed',
      'generated',
      'failed',
    ])
    const { images: reported, totals } = report(run)
    expect(reported[0]).toMatchObject({ error: { code: 'billing_unknown' }, may_have_been_billed: true })
    expect(reported[2]).toMatchObject({ error: { code: 'budget_exhausted' } })
    expect(reported.slice(1).filter((image) => 'may_have_been_billed' in image)).toEqual([])
    expect(totals).toMatchObject({ may_have_been_billed: 1 })
    expect(totals['may_have_been_billed_usd']).toBeCloseTo(0.0672, 3)
    expect(totals['cost_usd'], 'only what was surely billed').toBeCloseTo(0.0672, 3)
    expect(upstream.prompts(), 'it is not retried').toHaveLength(2)
    expect([...(await workspace.lock()).keys()]).toEqual(['img/1.png'])
  })

  it('says which images may have been billed, and does not say it of a refusal', async () => {
    await using upstream = await startUpstream({
      faults: [
        { status: 504, lookupMisses: 99, match: 'number 0' },
        { refusal: true, match: 'number 1' },
      ],
    })
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(2)) })

    const { stdout } = await easel(['generate', '--on-error', 'keep-going'], {
      cwd: workspace.root,
      env: upstream.env,
    })

    expect(stdout).toMatch(/✗ img\/0\.png: .*\(may have been billed\)\n/)
    expect(stdout).toContain('1 image may have been billed: img/0.png (about $0.067).')
    expect(stdout).not.toMatch(/img\/1\.png: .*may have been billed/)
  })

  it('under max-cost-usd, generates one image at an unknown price and no second', async () => {
    await using upstream = await startUpstream({
      faults: [
        { path: '/endpoints', status: 503 },
        { path: 'models', status: 503 },
      ],
    })
    await using workspace = await createWorkspace({
      'easel.yml': config(...images(3, { model: 'unknown/model' })),
    })

    const run = await easel(['generate', '--max-cost-usd', '5', '--json'], {
      cwd: workspace.root,
      env: upstream.env,
    })

    expect(upstream.prompts()).toHaveLength(1)
    expect(run.stderr).toContain('could not be checked')
  })
})

describe('the longest names', () => {
  it('are generated, converted and known by the next run', async () => {
    await using upstream = await startUpstream()
    const name = `${'é'.repeat(97)}a.webp`
    const path = `${`${'d'.repeat(19)}/`.repeat(49)}${'a'.repeat(16)}.jpg`
    const paths = [name, path, `img/${'a'.repeat(196)}.png`]
    await using workspace = await createWorkspace({
      'easel.yml': config(...paths.map((one, index) => ({ path: one, prompt: `Image ${index}` }))),
    })
    const options = { cwd: workspace.root, env: upstream.env }

    const first = await easel(['generate'], options)
    const second = await easel(['generate'], options)

    expect([Buffer.byteLength(name), Buffer.byteLength(path)]).toEqual([200, 1000])
    expect([first.code, second.code]).toEqual([0, 0])
    expect(upstream.prompts()).toHaveLength(3)
    expect((await workspace.lock()).size).toBe(3)
    expect((await workspace.files()).filter((file) => file.startsWith('.'))).toEqual([])
  })
})
