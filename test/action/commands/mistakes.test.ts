import { describe, expect, it } from 'vitest'
import { easel } from '../../support/action/processes.ts'
import { config, createWorkspace } from '../../support/action/workspace.ts'

const KEYS = { EASEL_SIGNING_KEYS: `main:${'0123456789abcdef'.repeat(2)}` }

describe.concurrent('a wrong argument', () => {
  it.each([
    [['genrate'], 'Did you mean generate?'],
    [['generate', '--concurency', '3'], 'Did you mean --concurrency?'],
    [['generate', '-j', '0'], 'whole number from 1 to 64'],
    [['generate', '--max-cost-usd', 'five'], 'an amount in USD'],
    [['generate', '--on-error', 'ignore'], 'Allowed choices are fail, keep-going'],
    [['plan', '--base-url', 'http://evil.example/v1'], 'must start with https://'],
    [['plan', '--base-url', 'http://127.evil.example/v1'], 'must start with https://'],
    [['plan', '--base-url', ''], 'The base URL is ""'],
    [['plan', '--base-url', 'https://openrouter.ai/api/v1/chat/completions/'], 'leave out /chat/completions'],
    [['models', '--base-url', 'https://img.example.com/api/v1/models'], 'leave out /models'],
    [['plan', '--config', '../easel.yml'], 'leads outside the workspace'],
    [['plan', '--config', ''], 'The config file can’t be used: "" is not a file name.'],
    [['plan', ''], '"" matches no image.'],
    [['illustrate', ''], '"" is not a file name.'],
    [['sign', 'not a url'], 'is not a URL'],
    [['sign', ''], 'The URL is empty'],
    [['models', '--takes', ''], '--takes is "": it must be field=value'],
    ...['0', '17', '-1', '1.5', 'abc', '', '99999999', '1e1'].map((count): [string[], string] => [
      ['models', '--takes', `input_images=${count}`],
      `--takes is input_images=${count}: input_images takes a whole number from 1 to 16.`,
    ]),
    ...[['plan'], ['generate'], ['init'], ['illustrate', 'a.md'], ['prune'], ['adopt']].flatMap((command) =>
      ['/nonexistent', 'easel.yml', ''].map((folder): [string[], string] => [
        [...command, '-C', folder],
        `error: There is no folder ${folder || '""'}.\n`,
      ]),
    ),
  ])('%j is a usage error: exit code 2, and how to fix it', async (args, message) => {
    await using workspace = await createWorkspace({ 'easel.yml': config({ path: 'a.png', prompt: 'x' }) })

    const { code, stderr, stdout } = await easel(args, { cwd: workspace.root, env: KEYS })

    expect(code).toBe(2)
    expect(stderr).toContain(message)
    expect(stdout).toBe('')
  })
})

describe('with --json, a mistake is JSON, too', () => {
  it.each([
    [
      'in the config',
      { 'easel.yml': 'version: 1\nimages: [{ path: a.png, promt: x }]\n' },
      ['check', '--json'],
      { code: 'invalid_config', diagnostics: [{ file: 'easel.yml', line: 2, column: 25 }] },
    ],
    [
      'in the lock',
      { 'easel.yml': config({ path: 'a.png', prompt: 'x' }), 'easel.lock.json': '[]' },
      ['check', '--json'],
      { code: 'usage' },
    ],
    ['in an option', { 'easel.yml': '' }, ['check', '--json', '--nope'], { code: 'usage' }],
  ])('%s', async (_, files, args, error) => {
    await using workspace = await createWorkspace(files)

    const { code, stdout } = await easel(args, { cwd: workspace.root })

    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ error })
  })
})

describe('hundreds of mistakes', () => {
  it('are a hundred lines, errors first; with --json, all of them', async () => {
    const ids = Array.from({ length: 600 }, (_, at) => `some-image-${at}`)
    await using workspace = await createWorkspace({
      'easel.yml': `${config(...ids.map((id) => ({ path: `img/${id}.png`, id, prompt: 'x' })))}markdown: ['*.md']\n`,
      '0.md': Array.from({ length: 150 }, (_, at) => `<!-- easel prompt: x -->\n![](w${at}.png)\n`).join(
        '\n',
      ),
      'a.md': ids
        .map((_, at) => `<!-- easel: another-illustration-${at} -->\n![](img/${at}.png)\n`)
        .join('\n'),
    })
    const cwd = workspace.root

    const text = await easel(['check'], { cwd })
    const json = await easel(['check', '--json'], { cwd })

    const lines = text.stderr.trimEnd().split('\n')
    expect([text.code, lines.length, lines.at(-1)]).toEqual([2, 101, '… and 650 more.'])
    expect(lines[0]).toMatch(
      /^a\.md:1:\d+: error: The config has no image with the id another-illustration-0: the ids are some-image-\d+, .* … and 590 more\.$/,
    )
    expect(text.stderr.length).toBeLessThan(50_000)
    expect(
      lines.filter((line) => line.includes('warning')),
      'of images without alt text in 0.md',
    ).toEqual([])
    expect(JSON.parse(json.stdout).error.diagnostics).toHaveLength(750)
  })
})
