import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { startWorld } from '../../../support/action/delivery.ts'

const IMAGES = Object.fromEntries(
  Array.from({ length: 8 }, (_, at) => [`${at}.png`, at < 4 ? `Fox ${at}` : `A slow fox ${at}`]),
)

/** One after the other: even at 800 ms a request, they take less than half of the runner's 7.5 seconds. */
const TURNS_MAX = 4

/** Images that never finish, and a GitHub that counts how many requests waited for one another. */
async function startSlowly() {
  const world = await startWorld(IMAGES, { faults: [{ latencyMs: 60_000, match: 'slow' }] })
  let turns = 0
  world.github.add({
    async meanwhile() {
      const turn = turns + 1
      await sleep(300)
      turns = Math.max(turns, turn)
    },
  })
  return { ...world, turns: () => turns }
}

describe('a cancelled run', () => {
  // Counted, not timed: other tests may take the seconds that a runner has to itself.
  it(
    'delivers at the first signal what is finished, starts nothing new, and ends in the time that the runner gives',
    { timeout: 90_000 },
    async () => {
      await using world = await startSlowly()
      const { root, start } = await world.checkout()
      const run = await start({ inputs: { concurrency: '5' } })
      const finished = () => readFile(join(root, 'easel.lock.json'), 'utf8').catch(() => '')
      await expect.poll(finished, { timeout: 30_000 }).toMatch(/"0.png".*"1.png".*"2.png".*"3.png"/s)
      await expect.poll(() => world.upstream.prompts(), { timeout: 30_000 }).toHaveLength(8)
      const turnsBefore = world.turns()

      run.child.kill('SIGINT')
      await expect
        .poll(async () => [...(await world.lock()).keys()], { timeout: 30_000 })
        .toEqual(['0.png', '1.png', '2.png', '3.png'])
      // In case the runner kills it: a step that runs always() sees what was delivered.
      await expect.poll(() => run.outputs(), { timeout: 30_000 }).toHaveProperty('commit-sha')
      expect(world.turns() - turnsBefore).toBeLessThanOrEqual(TURNS_MAX)
      const known = await run.outputs()
      run.child.kill('SIGTERM')
      const { code, outputs, summary } = await run.ended

      expect(known).toMatchObject({ changed: 'true', planned: '8', 'commit-sha': await world.github.head() })
      expect(await readFile(known['report-path'] ?? '', 'utf8')).toContain('"0.png"')
      expect(code).toBe(1)
      expect(outputs).toMatchObject({ generated: '4', 'commit-sha': await world.github.head() })
      expect(summary).toContain('Stopped early')
      expect(world.upstream.prompts()).toHaveLength(8)
    },
  )
})

it('rescues at the first signal what the branch refuses', { timeout: 90_000 }, async () => {
  await using world = await startWorld(IMAGES, { faults: [{ latencyMs: 60_000, match: 'slow' }] })
  world.github.protectedBranches.set('main', 'protection')
  const { root, start } = await world.checkout()
  const run = await start({ inputs: { concurrency: '5' } })
  const finished = () => readFile(join(root, 'easel.lock.json'), 'utf8').catch(() => '')
  await expect.poll(finished, { timeout: 30_000 }).toMatch(/"0.png".*"1.png".*"2.png".*"3.png"/s)
  await expect.poll(() => world.upstream.prompts(), { timeout: 30_000 }).toHaveLength(8)

  run.child.kill('SIGINT')
  // The images in flight take longer than the runner waits.
  await expect.poll(() => run.outputs(), { timeout: 30_000 }).toHaveProperty('artifact-url')
  run.child.kill('SIGTERM')
  const { code, stdout } = await run.ended

  expect(code).toBe(1)
  expect(stdout).toMatch(/::error title=Easel::main is protected: .*easel-rescued/)
  expect(world.artifacts.artifacts.map(({ name }) => name)).toEqual(['easel-rescued'])
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

  it('rescues only what the branch doesn’t have yet, when it is refused at the end', async () => {
    const images = { 'a.png': 'A fox', 'b.png': 'A slow fox' }
    await using world = await startWorld(images, { faults: [{ latencyMs: 4000, match: 'slow' }] })
    const { root, start } = await world.checkout()
    const run = await start({ inputs: { 'deliver-every': '0.01' } })
    await expect.poll(async () => (await world.lock()).size, { timeout: 30_000 }).toBe(1)
    world.github.protectedBranches.set('main', 'protection')

    const { code } = await run.ended

    expect(code).toBe(1)
    expect(await readFile(join(root, 'a.png'))).toEqual(await world.file('a.png'))
    expect(await readdir(join(root, '.easel/rescued'))).toEqual(['b.png', 'easel.lock.json'])
  })

  it('delivers once with deliver-every: 0', async () => {
    await using world = await startWorld({ 'a.png': 'A fox', 'b.png': 'A slow fox' }, { latencyMs: 200 })

    await (await world.checkout()).run({ inputs: { 'deliver-every': '0' } })

    expect(await world.subjects()).toEqual(['Add 2 images', 'Begin'])
  })
})
