import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { startWorld } from '../../../support/action/delivery.ts'

const IMAGES = Object.fromEntries(
  Array.from({ length: 8 }, (_, at) => [`${at}.png`, at < 4 ? `Fox ${at}` : `A slow fox ${at}`]),
)

/** GitHub at 800 ms a request, and images that never finish. */
async function startSlowly() {
  const world = await startWorld(IMAGES, { faults: [{ latencyMs: 60_000, match: 'slow' }] })
  world.github.add({ meanwhile: () => sleep(800) })
  return world
}

describe('a cancelled run', () => {
  // Seconds of a runner that has a machine to itself: here, other tests may take them.
  it(
    'delivers at the first signal what is finished, starts nothing new, and ends in the time that the runner gives',
    { timeout: 60_000, retry: 2 },
    async () => {
      await using world = await startSlowly()
      const run = await (await world.checkout()).start({ inputs: { concurrency: '5' } })
      await expect.poll(() => world.upstream.prompts(), { timeout: 20_000 }).toHaveLength(8)

      run.child.kill('SIGINT')
      // As the runner does.
      await sleep(7500)
      const inTime = await world.lock()
      const known = await run.outputs()
      run.child.kill('SIGTERM')
      const { code, outputs, summary } = await run.ended

      expect([...inTime.keys()]).toEqual(['0.png', '1.png', '2.png', '3.png'])
      // In case the runner kills it: a step that runs always() sees what was delivered.
      expect(known).toMatchObject({ changed: 'true', planned: '8', 'commit-sha': await world.github.head() })
      expect(await readFile(known['report-path'] ?? '', 'utf8')).toContain('"0.png"')
      expect(code).toBe(1)
      expect(outputs).toMatchObject({ generated: '4', 'commit-sha': await world.github.head() })
      expect(summary).toContain('Stopped early')
      expect(world.upstream.prompts()).toHaveLength(8)
    },
  )
})

describe('a long run', () => {
  it('delivers what is finished every deliver-every minutes, and the rest at the end', async () => {
    await using world = await startWorld(IMAGES, { faults: [{ latencyMs: 4000, match: 'slow' }] })
    const checkout = await world.checkout()

    const run = await checkout.run({ inputs: { 'deliver-every': '0.01', concurrency: '8' } })

    expect(run.code).toBe(0)
    expect((await world.subjects()).length).toBeGreaterThan(2)
    expect(run.outputs['commit-sha']).toBe(await world.github.head())
    expect((await world.lock()).size).toBe(8)
  })

  it('delivers once with deliver-every: 0', async () => {
    await using world = await startWorld({ 'a.png': 'A fox', 'b.png': 'A slow fox' }, { latencyMs: 200 })

    await (await world.checkout()).run({ inputs: { 'deliver-every': '0' } })

    expect(await world.subjects()).toEqual(['Add 2 images', 'Begin'])
  })
})
