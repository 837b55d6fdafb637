import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { readInputs } from '../../../action/github/inputs.ts'
import { type ActionRun, runAction } from '../../support/action/processes.ts'
import { inputsFor, KEY, startUpstream } from '../../support/action/upstream.ts'
import { config, createWorkspace } from '../../support/action/workspace.ts'

const actionSchema = z.object({
  inputs: z.record(z.string(), z.object({ default: z.string().optional() })),
})

/** The names of the lines that the runner would execute as commands. */
function commands({ stdout }: ActionRun): string[] {
  return stdout.split('\n').flatMap((line) => /^\s*::([\w-]+)/.exec(line)?.[1] ?? [])
}

describe.concurrent('the built Action', () => {
  it('has the inputs and outputs of the design, and runs on node24', async () => {
    const action: unknown = parse(await readFile('action.yml', 'utf8'))

    expect(action).toMatchObject({ runs: { using: 'node24', main: 'action/dist/main.js' } })
    expect(Object.keys((action as { inputs: object }).inputs)).toEqual(
      'openrouter-api-key base-url config working-directory mode deliver deliver-every branch base only force max-images max-cost-usd concurrency on-error on-drift on-alias-change prune commit-message comment retention-days github-token'.split(
        ' ',
      ),
    )
    expect(Object.keys((action as { outputs: object }).outputs)).toEqual(
      'changed planned generated skipped failed cost-usd commit-sha verified pull-request-number pull-request-url artifact-id artifact-url report-path'.split(
        ' ',
      ),
    )
  })

  it('generates, and reports it in outputs, summary, log and report', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({
      'easel.yml': config(
        { path: 'docs/a.png', prompt: 'A fox', alt: 'Fox' },
        { path: 'b.webp', prompt: 'A hare' },
      ),
    })

    const run = await runAction(workspace.root, { inputs: inputsFor(upstream) })
    const again = await runAction(workspace.root, { inputs: inputsFor(upstream) })

    expect(run.code).toBe(0)
    expect(run.outputs).toMatchObject({
      changed: 'true',
      planned: '2',
      generated: '2',
      skipped: '0',
      failed: '0',
    })
    expect(Number(run.outputs['cost-usd'])).toBeCloseTo(0.1344, 3)
    expect(run.summary).toContain('**2 images** generated for $0.134')
    expect(run.summary).toMatch(/\| docs\/a\.png \| generated \(new\) \| .* \| 1024×1024, /)
    expect(commands(run)).toEqual(['add-mask', 'add-mask', 'group', 'endgroup', 'group', 'endgroup'])
    expect(run.report).toMatchObject({
      config: 'easel.yml',
      totals: { generated: 2 },
      images: [
        { path: 'docs/a.png', outcome: 'generated', alt: 'Fox', file: { width: 1024 } },
        { path: 'b.webp' },
      ],
    })
    expect((await workspace.lock()).size).toBe(2)

    expect(again.outputs).toMatchObject({ changed: 'false', planned: '0', generated: '0', skipped: '2' })
    expect(again.summary).toContain('| Image | Status | Model | Size | Cost | Preview |')
    expect(again.summary).toContain(
      '<img src="https://github.com/octo/docs/raw/c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00/docs/a.png" alt="Fox" height="60">',
    )
    expect(upstream.prompts()).toHaveLength(2)
  })

  it('has no preview column while no image can be viewed', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config({ path: 'a.png', prompt: 'x' }) })

    const run = await runAction(workspace.root, { inputs: inputsFor(upstream) })

    expect(run.summary).toContain('\n| Image | Status | Model | Size | Cost |\n')
    expect(run.summary).toMatch(/\n\| a\.png \|.* \| \$0\.067 \|\n/)
    expect(run.summary).not.toContain('Preview')
  })

  it('names the images that may have been billed in the summary', async () => {
    await using upstream = await startUpstream({ faults: [{ status: 504, lookupMisses: 99, match: 'slow' }] })
    await using workspace = await createWorkspace({
      'easel.yml': config({ path: 'a.png', prompt: 'slow' }, { path: 'b.png', prompt: 'good' }),
    })

    const run = await runAction(workspace.root, { inputs: inputsFor(upstream, { 'on-error': 'keep-going' }) })

    expect(run.code).toBe(1)
    expect(run.summary).toContain('\n> 1 image may have been billed: a.png (about &#36;0.067).')
    expect(run.report).toMatchObject({
      images: [{ error: { code: 'billing_unknown' }, may_have_been_billed: true }, { outcome: 'generated' }],
      totals: { may_have_been_billed: 1 },
    })
  })

  it('masks the key, and prints it nowhere else', async () => {
    await using upstream = await startUpstream({ faults: [{ status: 401, message: `bad key ${KEY}` }] })
    await using workspace = await createWorkspace({ 'easel.yml': config({ path: 'a.png', prompt: 'x' }) })

    const run = await runAction(workspace.root, { inputs: inputsFor(upstream) })

    expect(run.code).toBe(1)
    expect(run.stdout.replace(`::add-mask::${KEY}\n`, '')).not.toContain(KEY)
    expect(run.stdout.startsWith(`::add-mask::${KEY}\n`), 'before anything else').toBe(true)
    expect(run.summary + JSON.stringify(run.report) + run.stderr).not.toContain(KEY)
  })

  it('lets no prompt, path or refusal become a runner command', async () => {
    const evil = '::error::owned\n::set-output name=x::y\n##[error]owned\r::add-path::/tmp'
    await using upstream = await startUpstream({ faults: [{ refusal: true, message: evil }] })
    await using workspace = await createWorkspace({
      'easel.yml': config(
        { path: 'a::b.png', prompt: evil },
        { path: 'c.png', prompt: evil, alt: evil, id: 'c' },
      ),
    })
    const paths = await runAction(workspace.root, { inputs: inputsFor(upstream) })
    await workspace.write('easel.yml', config({ path: '::warning::x.png', [evil]: 1, prompt: 'x' }))
    const keys = await runAction(workspace.root, { inputs: inputsFor(upstream) })
    await workspace.write(
      'easel.yml',
      config({ path: '::warning:: x/c.png'.replaceAll(':', ''), prompt: evil }),
    )
    const refusal = await runAction(workspace.root, { inputs: inputsFor(upstream) })

    for (const run of [paths, keys, refusal]) {
      for (const name of commands(run)) expect(['add-mask', 'group', 'endgroup', 'error']).toContain(name)
      expect(run.stdout).not.toContain('##[')
      // Annotations are Easel's own, with its title.
      for (const line of run.stdout.split('\n').filter((one) => one.startsWith('::error'))) {
        expect(line).toMatch(/^::error title=Easel/)
      }
    }
    expect(refusal.summary).not.toContain('\n::')
  })

  it('shows the config’s mistakes on their lines: ten as annotations, all in the summary', async () => {
    await using upstream = await startUpstream()
    const images = Array.from({ length: 15 }, (_, index) => ({ path: `${index}.png`, prompt: 'x', seed: -1 }))
    await using workspace = await createWorkspace({ 'easel.yml': config(...images) })

    const run = await runAction(workspace.root, { inputs: inputsFor(upstream) })

    expect(run.code).toBe(1)
    const annotations = run.stdout.split('\n').filter((line) => line.startsWith('::error'))
    expect(annotations).toHaveLength(10)
    expect(annotations[0]).toMatch(
      /^::error title=Easel,file=easel\.yml,line=4,col=\d+::seed is -1: must be at least 0\.$/,
    )
    expect(run.summary).toContain('15 mistakes in the config')
    expect(run.summary.match(/seed is -1/g)).toHaveLength(15)
    expect(run.report).toMatchObject({ errors: { length: 15 } })
    expect(upstream.prompts()).toEqual([])
  })

  it('warns in the summary of a model that retires, and names its successor', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({
      'easel.yml': config({ path: 'a.png', prompt: 'A fox', model: 'google/gemini-2.5-flash-image' }),
    })

    const run = await runAction(workspace.root, { inputs: inputsFor(upstream, { mode: 'plan' }) })

    expect(run.code).toBe(0)
    expect(run.summary).toMatch(
      /\*\*Warnings\*\*\n\n.*google\/gemini-2\.5-flash-image was retired on 2026-10-02.*Use google\/gemini-3\.1-flash-image\./,
    )
  })

  it('keeps the summary within GitHub’s limit, whatever the number of images', async () => {
    await using upstream = await startUpstream()
    const images = Array.from({ length: 4000 }, (_, index) => ({
      path: `a/very/long/folder/name/that/goes/on/and/on/${'x'.repeat(150)}/${index}.png`,
      prompt: 'x',
    }))
    await using workspace = await createWorkspace({ 'easel.yml': config(...images) })

    const run = await runAction(workspace.root, { inputs: inputsFor(upstream, { mode: 'plan' }) })

    expect(run.code).toBe(0)
    expect(Buffer.byteLength(run.summary)).toBeLessThan(2 ** 20)
    expect(run.summary).toMatch(/… and \d+ more, in the report/)
    expect((run.report as { images: object[] }).images).toHaveLength(4000)
  })

  it('delivers what it generated although others failed, and fails', async () => {
    await using upstream = await startUpstream({ faults: [{ refusal: true, match: 'bad' }] })
    await using workspace = await createWorkspace({
      'easel.yml': config({ path: 'a.png', prompt: 'bad' }, { path: 'b.png', prompt: 'good' }),
    })

    const run = await runAction(workspace.root, { inputs: inputsFor(upstream, { 'on-error': 'keep-going' }) })

    expect(run.code).toBe(1)
    expect(run.outputs).toMatchObject({ changed: 'true', generated: '1', failed: '1' })
    expect(run.stdout).toMatch(
      /::error title=Easel,file=easel\.yml,line=4,col=\d+::a\.png: The provider refused/,
    )
    expect(run.summary).toContain('❌ The provider refused the content')
    expect([...(await workspace.lock()).keys()]).toEqual(['b.png'])
  })

  it.each([
    [{ mode: 'paint' }, 'The input mode is "paint": use generate, plan, check.'],
    [{ deliver: 'email' }, 'use commit, pull-request, artifact, none'],
    [{ deliver: 'commit, pull-request' }, 'commit and pull-request can’t be combined'],
    [{ deliver: 'none,artifact' }, 'none and artifact can’t be combined'],
    [{ comment: 'yes' }, 'use true or false'],
    [{ 'retention-days': '0' }, 'whole number from 1 to 400'],
    [{ 'deliver-every': 'often' }, 'a number of minutes from 0 to 1440'],
    [{ deliver: 'pull-request', base: 'main', branch: 'main' }, 'can’t go from main to itself'],
    [{ concurrency: '0' }, 'whole number from 1 to 64'],
    [{ force: 'yes' }, 'use true or false'],
    [{ 'max-cost-usd': 'lots' }, 'an amount in USD'],
    [{ 'base-url': 'ftp://x' }, 'must start with https://'],
    [{ only: 'nothing-like-it' }, 'matches no image'],
  ])('refuses the inputs %j', async (wrong, message) => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config({ path: 'a.png', prompt: 'x' }) })

    const run = await runAction(workspace.root, { inputs: inputsFor(upstream, wrong) })

    expect(run.code).toBe(1)
    expect(run.stdout).toContain(message)
    expect(upstream.prompts()).toEqual([])
  })

  it('takes an empty input as its default', async () => {
    const { inputs } = actionSchema.parse(parse(await readFile('action.yml', 'utf8')))
    const empty = Object.fromEntries(Object.keys(inputs).map((name) => [name, '']))
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config({ path: 'a.png', prompt: 'x' }) })

    const keyless = await runAction(workspace.root, { inputs: empty })
    const run = await runAction(workspace.root, {
      inputs: { ...empty, 'openrouter-api-key': KEY, 'base-url': upstream.url },
      eventName: 'workflow_dispatch',
    })

    const declared = readInputs((name) => (name === 'github-token' ? '' : inputs[name]?.default))
    expect(readInputs(() => '')).toEqual(declared)
    expect([keyless.code, keyless.outputs['planned']]).toEqual([0, '1'])
    expect([run.code, run.outputs['generated']]).toEqual([0, '1'])
  })

  it('splits only at commas and line breaks', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({
      'easel.yml': config(
        { path: 'a.png', prompt: 'a', id: 'first' },
        { path: 'b.png', prompt: 'b' },
        { path: 'c.png', prompt: 'c' },
      ),
    })

    await runAction(workspace.root, { inputs: inputsFor(upstream, { only: 'first,\n  c.png\n' }) })

    expect(upstream.prompts().toSorted()).toEqual(['a', 'c'])
  })

  it('fails in mode check when something is out of date, without sending a request', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace({ 'easel.yml': config({ path: 'a.png', prompt: 'x' }) })

    const before = await runAction(workspace.root, { inputs: inputsFor(upstream, { mode: 'check' }) })
    expect(upstream.requests).toHaveLength(0)
    await runAction(workspace.root, { inputs: inputsFor(upstream) })
    const after = await runAction(workspace.root, { inputs: inputsFor(upstream, { mode: 'check' }) })

    expect([before.code, after.code]).toEqual([1, 0])
    expect(before.stdout).toContain('Images are out of date')
  })
})
