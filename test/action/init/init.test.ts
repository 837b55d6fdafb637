import { execFile, execFileSync } from 'node:child_process'
import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { easel } from '../../support/action/processes.ts'
import { config, createWorkspace, type Workspace } from '../../support/action/workspace.ts'

const CONFIG = config({ path: 'a.png', prompt: 'x' })

function git({ root }: Workspace, ...args: string[]): void {
  const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.com']
  execFileSync('git', [...identity, '-C', root, ...args], { stdio: 'ignore' })
}

const makeFolder = (path: string): Promise<unknown> => mkdir(path)
const makeLink = (path: string): Promise<unknown> => symlink('nowhere', path)
const makeFifo = (path: string): Promise<unknown> => promisify(execFile)('mkfifo', [path])

describe('easel init next to a config', () => {
  it.each([
    ['.github/easel.yml', '.github/easel.yml already exists, not changed\n'],
    ['easel.yml', 'easel.yml already exists, not changed\n'],
    ['easel.yaml', 'easel.yaml already exists, not changed: rename it to easel.yml\n'],
    [
      '.github/easel.yaml',
      '.github/easel.yaml already exists, not changed: rename it to .github/easel.yml\n',
    ],
  ])('%s leaves it, and writes no second one', async (path, said) => {
    await using workspace = await createWorkspace({ [path]: CONFIG })

    const { code, stdout } = await easel(['init', '--no-workflow'], { cwd: workspace.root })

    expect([code, stdout.startsWith(said)]).toEqual([0, true])
    expect(stdout).toContain(`Describe your images in ${path.replace('.yaml', '.yml')}.`)
    expect(await workspace.files()).toEqual(['.gitattributes', path].toSorted())
    expect(await workspace.text(path)).toBe(CONFIG)
  })
})

describe('the workflow of easel init', () => {
  it('is at the root of the repository, where GitHub runs it, and works in the folder', async () => {
    await using workspace = await createWorkspace({ 'docs/site/a.md': '' })
    git(workspace, 'init', '-q')
    const cwd = join(workspace.root, 'docs/site')

    const first = await easel(['init'], { cwd })
    const second = await easel(['init'], { cwd })

    expect(first.stdout).toContain('wrote easel.yml\nwrote ../../.github/workflows/easel.yml\n')
    expect(second.stdout).toContain(
      '../../.github/workflows/easel.yml already exists, not changed: see that a step has working-directory: docs/site\n',
    )
    expect((await workspace.files()).filter((file) => !file.startsWith('.git/'))).toEqual([
      '.github/workflows/easel.yml',
      'docs/site/.gitattributes',
      'docs/site/a.md',
      'docs/site/easel.yml',
    ])
    const workflow: unknown = parse(await workspace.text('.github/workflows/easel.yml'))
    expect(workflow).toHaveProperty('jobs.images.steps[1].with.working-directory', 'docs/site')
  })

  it.each([
    ['without git', undefined, [], 'main'],
    ['of HEAD in a new repository', 'trunk', [], 'trunk'],
    [
      'of origin/HEAD, wherever HEAD is',
      'topic',
      [['symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/1.0']],
      '1.0',
    ],
    [
      'by default, with HEAD detached',
      'topic',
      [
        ['commit', '--allow-empty', '-m', 'x'],
        ['checkout', '--detach'],
      ],
      'main',
    ],
  ])('runs on the branch %s', async (_, branch, commands, expected) => {
    await using workspace = await createWorkspace()
    if (branch !== undefined) git(workspace, 'init', '-q', '-b', branch)
    for (const args of commands) git(workspace, ...args)

    await easel(['init'], { cwd: workspace.root })

    const workflow: unknown = parse(await workspace.text('.github/workflows/easel.yml'))
    expect(workflow).toHaveProperty('on.push.branches', [expected])
    expect(workflow).not.toHaveProperty('jobs.images.steps[1].with.working-directory')
  })
})

describe.runIf(process.platform !== 'win32')('what is no file where a file should be', () => {
  it.each([
    ['a folder', makeFolder],
    ['not a regular file', makeFifo],
    ['a symbolic link', makeLink],
  ])('as easel.yml: check and init agree that it is %s', async (kind, make) => {
    await using workspace = await createWorkspace()
    await make(join(workspace.root, 'easel.yml'))
    const options = { cwd: workspace.root }

    const runs = await Promise.all([easel(['check'], options), easel(['init'], options)])

    const said = `error: easel.yml is ${kind}: Easel needs a file there.\n`
    expect(runs.map(({ code, stderr }) => [code, stderr])).toEqual([
      [2, said],
      [2, said],
    ])
  })

  it.each([
    ['.gitattributes', makeFolder, 2, '.gitattributes is a folder: easel init needs a file there.'],
    ['.gitattributes', makeFifo, 2, '.gitattributes is not a regular file: easel init needs a file there.'],
    ['.gitattributes', makeLink, 2, '.gitattributes goes through the symbolic link .gitattributes.'],
    ['.github', makeFifo, 1, '.github/workflows: one of its folders is a file.'],
  ])('%s: init says so', async (path, make, exitCode, message) => {
    await using workspace = await createWorkspace({ 'easel.yml': CONFIG })
    await make(join(workspace.root, path))

    const { code, stderr } = await easel(['init'], { cwd: workspace.root })

    expect([code, stderr]).toEqual([exitCode, `error: ${message}\n`])
  })
})
