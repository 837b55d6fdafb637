import { describe, expect, it } from 'vitest'
import { pictures, startWorld } from '../../../support/action/delivery.ts'

const DELIVER = { deliver: 'pull-request' }

describe('deliver: pull-request', () => {
  it('opens one pull request, with a table of what changes and what it cost', async () => {
    await using world = await startWorld({ 'docs/fox.png': 'A fox' })
    const before = await world.github.head()

    const run = await (await world.checkout()).run({ inputs: DELIVER })

    expect(run.code).toBe(0)
    const [pull] = world.github.pulls
    expect(pull).toMatchObject({ number: 1, title: 'Add docs/fox.png', head: 'easel/main', base: 'main' })
    expect(pull?.body).toMatch(
      /\| docs\/fox\.png \| — \| <img src=".*\/docs\/fox\.png" width="240"><br>1024×1024/,
    )
    expect(run.outputs).toMatchObject({
      'pull-request-number': '1',
      'pull-request-url': `${world.github.serverUrl}/octo/docs/pull/1`,
      'commit-sha': await world.github.head('easel/main'),
      verified: 'true',
    })
    expect(await world.github.head()).toBe(before)
    expect([...(await world.lock('easel/main')).keys()]).toEqual(['docs/fox.png'])
  })

  it('is left alone by a run that changes nothing, and nothing is paid twice before it is merged', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox' })
    await (await world.checkout()).run({ inputs: DELIVER })
    const [pull] = world.github.pulls
    const body = pull?.body
    const head = await world.github.head('easel/main')

    const run = await (await world.checkout()).run({ inputs: DELIVER })

    expect(run.code).toBe(0)
    expect(run.outputs).toMatchObject({ 'pull-request-number': '1', generated: '0' })
    expect(world.github.pulls).toHaveLength(1)
    expect(pull?.body).toBe(body)
    expect(await world.github.head('easel/main')).toBe(head)
    expect(world.upstream.prompts()).toEqual(['A fox'])
  })

  it('brings it up to date when the base goes on, without moving the branch back', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox' })
    await (await world.checkout()).run({ inputs: DELIVER })
    const first = await world.github.head('easel/main')
    await world.github.push({
      'easel.yml': pictures({ 'fox.png': 'A fox', 'hare.png': 'A hare' }),
      'text.md': 'new',
    })

    const run = await (await world.checkout()).run({ inputs: DELIVER })

    expect(run.code).toBe(0)
    expect(world.github.pulls).toHaveLength(1)
    const head = await world.github.head('easel/main')
    expect(await world.github.git.isAncestor(first, head)).toBe(true)
    expect(await world.github.git.isAncestor(await world.github.head(), head)).toBe(true)
    expect((await world.file('text.md', 'easel/main'))?.toString()).toBe('new')
    expect([...(await world.lock('easel/main')).keys()]).toEqual(['fox.png', 'hare.png'])
    expect(world.upstream.prompts()).toEqual(['A fox', 'A hare'])
    await world.github.merge(1)
    expect([...(await world.lock()).keys()]).toEqual(['fox.png', 'hare.png'])
  })

  it('never overwrites what a person committed to its branch', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox', 'hare.png': 'A hare' })
    await (await world.checkout()).run({ inputs: DELIVER })
    await world.github.push(
      { 'fox.png': 'drawn by hand', 'notes.md': 'mine' },
      { branch: 'easel/main', by: 'grace' },
    )
    await world.github.push({ 'easel.yml': pictures({ 'fox.png': 'A red fox', 'hare.png': 'A white hare' }) })

    const run = await (await world.checkout()).run({ inputs: DELIVER })

    expect(run.code).toBe(0)
    expect((await world.file('fox.png', 'easel/main'))?.toString()).toBe('drawn by hand')
    expect((await world.file('notes.md', 'easel/main'))?.toString()).toBe('mine')
    const hare = (await world.lock('easel/main')).get('hare.png')
    expect(hare?.spec['prompt']).toBe('A white hare')
    expect(await world.subjects('easel/main')).toContain('Change something')
    expect(world.artifacts.artifacts.map(({ name }) => name)).toEqual(['easel-rescued'])
  })

  it('is closed, and its branch removed, when nothing is left to change', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox' })
    await (await world.checkout()).run({ inputs: { deliver: 'commit' } })
    await world.github.push({ 'easel.yml': pictures({ 'fox.png': 'A red fox' }) })
    await (await world.checkout()).run({ inputs: DELIVER })
    expect(world.github.pulls).toMatchObject([{ number: 1, state: 'open' }])
    await world.github.push({ 'easel.yml': pictures({ 'fox.png': 'A fox' }) })

    const run = await (await world.checkout()).run({ inputs: DELIVER })

    expect(run.code).toBe(0)
    expect(world.github.pulls).toMatchObject([{ number: 1, state: 'closed' }])
    expect(await world.github.head('easel/main')).toBe('')
  })

  it('is one for two runs at once', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox', 'hare.png': 'A hare' })
    const [one, two] = await Promise.all([world.checkout(), world.checkout()])

    const runs = await Promise.all([
      one.run({ inputs: { ...DELIVER, only: 'fox.png' } }),
      two.run({ inputs: { ...DELIVER, only: 'hare.png' } }),
    ])

    expect(runs.map(({ code, stdout }) => (code === 0 ? '' : stdout))).toEqual(['', ''])
    expect(world.github.pulls).toHaveLength(1)
    expect([...(await world.lock('easel/main')).keys()]).toEqual(['fox.png', 'hare.png'])
  })

  it('says what to change when workflows may not open pull requests; the pictures are on the branch', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox' }, { workflowsMayOpenPulls: false })

    const run = await (await world.checkout()).run({ inputs: DELIVER })

    expect(run.code).toBe(1)
    expect(run.stdout).toContain('Allow GitHub Actions to create and approve pull requests')
    expect([...(await world.lock('easel/main')).keys()]).toEqual(['fox.png'])
  })
})

describe('comment: true', () => {
  it('keeps one comment on the pull request, and changes it only when there is news', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox' })
    await world.github.push(
      { 'easel.yml': pictures({ 'fox.png': 'A fox', 'hare.png': 'A hare' }) },
      { branch: 'topic' },
    )
    const pull = await openPull(world.github.apiUrl)
    const plan = async () => {
      const checkout = await world.checkout('topic')
      return checkout.run({
        inputs: { mode: 'plan', comment: 'true' },
        eventName: 'pull_request',
        event: {
          pull_request: {
            number: pull,
            head: { sha: checkout.sha, ref: 'topic', repo: { full_name: 'octo/docs' } },
            base: { sha: await world.github.head() },
          },
        },
      })
    }

    await plan()
    const [comment] = world.github.comments
    expect(comment?.body).toContain('**2 images** to generate')
    const updatedAt = comment?.updatedAt
    const again = await plan()
    expect(again.stdout).toContain('left alone')
    expect(world.github.comments).toHaveLength(1)
    expect(comment?.updatedAt).toBe(updatedAt)

    await world.github.push({ 'easel.yml': pictures({ 'fox.png': 'A fox' }) }, { branch: 'topic' })
    await plan()
    expect(world.github.comments).toHaveLength(1)
    expect(comment?.body).toContain('**1 image** to generate')
  })
})

async function openPull(apiUrl: string): Promise<number> {
  const response = await fetch(`${apiUrl}/repos/octo/docs/pulls`, {
    method: 'POST',
    headers: { Authorization: 'Bearer ghp_ada' },
    body: JSON.stringify({ title: 'Hares', head: 'topic', base: 'main' }),
  })
  const { number } = (await response.json()) as { number: number }
  return number
}
