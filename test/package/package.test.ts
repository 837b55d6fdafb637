import { execFile, execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { REPOSITORY } from '../../shared/config/schema.ts'

const ROOT = join(import.meta.dirname, '../..')
/** As published, packed. */
const MAX_BYTES = 3_000_000

const execute = promisify(execFile)
const packageSchema = z.object({
  name: z.string(),
  version: z.string(),
  repository: z.object({ url: z.string() }),
  engines: z.object({ node: z.string() }),
  dependencies: z.record(z.string(), z.string()).optional(),
})
const packSchema = z
  .array(
    z.object({
      filename: z.string(),
      size: z.number(),
      files: z.array(z.object({ path: z.string() })),
    }),
  )
  .length(1)

const own = manifestIn(ROOT)
let project: string
let pack: z.infer<typeof packSchema>[number]

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'easel-package-'))
  const { stdout } = await execute('npm', ['pack', '--json', '--pack-destination', project], { cwd: ROOT })
  const [packed] = packSchema.parse(JSON.parse(stdout.slice(stdout.search(/^\[$/m))))
  if (!packed) throw new Error('npm packed nothing')
  pack = packed
  // What npm install does, without a registry: the command brings what it needs along.
  const folder = join(project, 'node_modules', own.name)
  await mkdir(folder, { recursive: true })
  await writeFile(
    join(project, 'package.json'),
    JSON.stringify({ dependencies: { [own.name]: own.version } }),
  )
  await execute('tar', ['-xzf', join(project, pack.filename), '-C', folder, '--strip-components=1'])
  await execute('npm', ['rebuild', '--ignore-scripts'], { cwd: project })
  await writeFile(
    join(project, 'easel.yml'),
    'version: 1\nimages:\n  - path: img/fox.png\n    prompt: A fox\n    model: google/gemini-3.1-flash-image\n',
  )
})

afterAll(() => rm(project, { recursive: true }))

describe('the npm package', () => {
  it('holds the command, the schema and the libraries, and nothing for developing them', () => {
    const paths = pack.files.map(({ path }) => path)

    expect(paths).toEqual(
      expect.arrayContaining([
        'action/dist/bin.js',
        'dist/url.js',
        'dist/types/shared/url/index.d.ts',
        'easel.schema.json',
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
      ]),
    )
    expect(paths.filter((path) => /^(test|bench|emulator|docs|worker|scripts)\//.test(path))).toEqual([])
    expect(pack.size).toBeLessThan(MAX_BYTES)
  })

  it('depends on nothing: what it needs is bundled, and the repository lists it', () => {
    expect(manifestIn(join(project, 'node_modules', own.name)).dependencies).toBeUndefined()
    expect(manifestIn(ROOT)).toEqual(own)
    expect(own.dependencies).toHaveProperty('zod')
  })

  it('runs easel plan where it is installed', async () => {
    const { stdout } = await execute('npx', ['--no-install', 'easel', 'plan'], {
      cwd: project,
      // No list of models is fetched.
      env: { ...process.env, OPENROUTER_BASE_URL: 'http://127.0.0.1:9/api/v1' },
    })

    expect(stdout).toContain('img/fox.png')
  })

  it('says in one sentence which Node it needs, on an older one', async (context) => {
    const old = oldNode()
    if (old === undefined) return context.skip('no Node older than 22 is on the path')
    const failure = execute(old, [join(project, 'node_modules', own.name, 'action/dist/bin.js'), 'plan'])

    await expect(failure).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^easel needs Node 22\.12 or newer; this is \d+\.\d+\.\d+\. .+\n$/),
    })
    expect(own.engines.node).toBe('>=22.12')
  })

  it('names the repository that workflows and schemas point to', () => {
    expect(own.repository.url).toBe(`git+https://github.com/${REPOSITORY}.git`)
  })
})

function manifestIn(folder: string): z.infer<typeof packageSchema> {
  return packageSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')))
}

/** A Node on the path that is older than Easel supports. */
function oldNode(): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== dirname(process.execPath))
    .map((folder) => join(folder, 'node'))
    .filter((path) => existsSync(path))
    .find((path) => Number(/^v(\d+)/.exec(execFileSync(path, ['--version']).toString())?.[1]) < 22)
}
