import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createBudget } from '../../../action/generate/budget.ts'
import { generateIn } from '../../support/action/generate-in.ts'
import { easel, startEasel } from '../../support/action/processes.ts'
import { images } from '../../support/action/report.ts'
import { startUpstream, type Upstream } from '../../support/action/upstream.ts'
import { config, createWorkspace, type Workspace } from '../../support/action/workspace.ts'

const POLL = { interval: 5, timeout: 20_000 }
const IN_FLIGHT = 'was in flight when an earlier run ended'
const FLASH = 'google/gemini-3.1-flash-image'
const FALLBACK = { path: 'a.png', prompt: 'A fox', models: [FLASH, 'google/gemini-3-pro-image'] }

describe('a run that died with a request in flight', () => {
  it.each([
    ['a retry', 502, config({ path: 'a.png', prompt: 'A fox' })],
    ['a fallback model', 400, `version: 1\nimages:\n  - ${JSON.stringify(FALLBACK)}\n`],
  ])('of %s is not settled by the name of the attempt before, which failed', async (_, status, text) => {
    await using upstream = await startUpstream({
      faults: [
        { status, inBand: true, times: 1 },
        { silence: true, billed: true, times: 1 },
      ],
    })
    await using workspace = await createWorkspace({ 'easel.yml': text })
    await killAt(workspace, upstream, () => upstream.prompts().length === 2)

    const next = await easel(['generate', '--max-cost-usd', '0.1'], optionsOf(workspace, upstream))

    expect(next.stderr).toContain(`a.png ${IN_FLIGHT}`)
    expect(upstream.prompts(), 'it counts as spent').toHaveLength(2)
  })

  it('is told of although nothing is left to generate', async () => {
    await using upstream = await startUpstream({ faults: [{ match: 'number 0', silence: true, times: 1 }] })
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(1)) })
    await killAt(workspace, upstream, () => upstream.prompts().length === 1)
    await workspace.write('easel.yml', `${config()}  []\n`)

    const next = await easel(['generate'], optionsOf(workspace, upstream))

    expect(next.stderr).toContain(`img/0.png ${IN_FLIGHT}`)
    expect(await workspace.files()).toEqual(['easel.yml'])
  })

  it('is not settled by an older image of the same spec for another path', async () => {
    await using upstream = await startUpstream({ faults: [{ silence: true, times: 1, match: 'number 1' }] })
    const [first, second] = [
      { path: 'a.png', prompt: 'Image number 0' },
      { path: 'a.png', prompt: 'Image number 1' },
    ]
    await using workspace = await createWorkspace({ 'easel.yml': config(first) })
    await generateIn(workspace, upstream)
    // Killed with the second in flight, and a copy of the first for b.png.
    await workspace.write('easel.yml', config(second, { ...first, path: 'b.png' }))
    await killAt(workspace, upstream, () => upstream.prompts().length === 2)

    const next = await easel(['generate'], optionsOf(workspace, upstream))

    expect(next.stderr).toContain(`a.png ${IN_FLIGHT}`)
  })

  it('is left to a run that has a key, which can ask what it cost', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(1)) })
    await generateIn(workspace, upstream)
    const { generation_id } = (await workspace.lock()).get('img/0.png') ?? {}
    const record = { path: 'z.png', fingerprint: 'f'.repeat(64), generation_id }
    await workspace.write('.easel/in-flight/f.json', `${JSON.stringify(record)}\n`)

    const without = await easel(['generate'], { cwd: workspace.root })
    const kept = await workspace.files()
    const run = await easel(['generate'], optionsOf(workspace, upstream))

    expect([without.code, without.stderr]).toEqual([0, ''])
    expect(kept).toContain('.easel/in-flight/f.json')
    expect(run.stderr).toContain(`z.png ${IN_FLIGHT}`)
    expect(upstream.lookups).toHaveLength(1)
  })

  it('is not told of once its image has arrived, by the next run or a later one', async () => {
    await using upstream = await startUpstream({ faults: [{ match: 'number 0', bytes: 8_000_000 }] })
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(1)) })
    const rescued = join(workspace.root, '.easel/rescued/easel.lock.json')
    await killAt(workspace, upstream, () => existsSync(rescued))
    const next = await easel(['generate'], optionsOf(workspace, upstream))
    const sent = upstream.prompts().length
    await workspace.write('easel.yml', config(...images(2)))

    const later = await easel(['generate', '--max-cost-usd', '0.1'], optionsOf(workspace, upstream))

    // Killed before its last byte was written, it is in doubt: then that is told, once, and it is paid for again.
    expect(next.stderr.split(IN_FLIGHT)).toHaveLength(sent)
    expect(later.stderr).not.toContain(IN_FLIGHT)
    expect(later.code).toBe(0)
  })
})

describe('in a budget of $1, what was in flight counts', () => {
  it.each([
    ['with what it was billed', { billedUsd: 0.1, maxUsd: 0.9 }, 0.9],
    ['with the most that it may have cost', { estimateUsd: 0.1, maxUsd: 0.4 }, 0.6],
    ['as all of it where the price is unknown', {}, 0],
  ])('%s', async (_, doubt, left) => {
    const budgetWith = () => createBudget({ maxCostUsd: 1 }, [{ path: 'a.png', ...doubt }])
    const reserve = (maxUsd: number) => budgetWith().reserve({ usd: maxUsd, maxUsd, basis: 'list price' })

    expect(await reserve(left + 0.001)).toHaveProperty('refused')
    expect(await reserve(left)).toHaveProperty('settle')
  })
})

describe('an image that has arrived whole', () => {
  it.each([
    [
      'while its cost is looked up',
      { images: 2, cutAt: 'betweenImages', lookupMisses: 99 } as const,
      ({ lookups }: Upstream) => lookups.length > 0,
    ],
    [
      'while the rest of its response is awaited',
      { bytes: 3_000_000, stallAt: 'end' } as const,
      (_upstream: Upstream, workspace: Workspace) => arrivedBytes(workspace) > 2_990_000,
    ],
  ])('is kept when the run is cancelled %s', async (_, fault, hasArrived) => {
    await using upstream = await startUpstream({ faults: [{ ...fault, times: 1 }] })
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(1)) })
    const run = startEasel(['generate'], optionsOf(workspace, upstream))
    await expect.poll(() => hasArrived(upstream, workspace), POLL).toBe(true)
    run.child.kill('SIGINT')
    await run.prints('Finishing')
    run.child.kill('SIGTERM')

    const { code, stdout } = await run.finished

    expect([code, stdout]).toEqual([143, expect.stringContaining('✓ img/0.png')])
    expect([...(await workspace.lock()).keys()]).toEqual(['img/0.png'])
  })
})

/** Of the image that is on its way to disk. */
function arrivedBytes({ root }: Workspace): number {
  const folder = join(root, '.easel/rescued')
  const names = existsSync(folder) ? readdirSync(folder) : []
  return Math.max(
    0,
    ...names.map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
  )
}

function optionsOf({ root }: Workspace, { env }: Upstream) {
  return { cwd: root, env }
}

async function killAt(workspace: Workspace, upstream: Upstream, moment: () => boolean): Promise<void> {
  const run = startEasel(['generate'], optionsOf(workspace, upstream))
  await expect.poll(moment, POLL).toBe(true)
  // The record is on disk before the request, and changes as soon as the response begins.
  await delay(200)
  run.child.kill('SIGKILL')
  await run.finished
}
