import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { verifyUrl } from '../../../shared/url-signature.ts'
import { easel } from '../../support/action/processes.ts'
import { startUpstream } from '../../support/action/upstream.ts'
import { config, createWorkspace } from '../../support/action/workspace.ts'

const KEYS = {
  EASEL_SIGNING_KEYS: 'main:0123456789abcdef0123456789abcdef,old:fedcba9876543210fedcba9876543210',
}

describe('easel', () => {
  it.each([
    [['--version'], '0.'],
    [['--help'], 'Exit codes:'],
    [['plan', '--help'], "$ easel plan hero 'docs/guide/**'"],
    [['generate', '--help'], 'Press Ctrl-C to finish the images'],
    [['check', '--help'], 'Examples:'],
    [['init', '--help'], 'Example:'],
    [['models', '--help'], 'Examples:'],
    [['sign', '--help'], 'Examples:'],
    [['prune', '--help'], 'Examples:'],
    [['adopt', '--help'], 'Examples:'],
  ])('%j explains itself, with examples', async (args, text) => {
    await using workspace = await createWorkspace()

    const { code, stdout, stderr } = await easel(args, { cwd: workspace.root })

    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain(text)
  })

  it('colours only where colour is wanted', async () => {
    await using workspace = await createWorkspace({ 'easel.yml': config({ path: 'a.png', prompt: 'x' }) })
    const cwd = workspace.root

    const plain = await easel(['check'], { cwd })
    const forced = await easel(['check'], { cwd, env: { FORCE_COLOR: '1' } })
    const refused = await easel(['check'], { cwd, env: { NO_COLOR: '1' } })

    expect(plain.stdout).not.toContain('\u001b[')
    expect(forced.stdout).toContain('\u001b[')
    expect(refused.stdout).not.toContain('\u001b[')
  })

  it('lets no escape sequence of a config reach the terminal', async () => {
    await using workspace = await createWorkspace({
      'easel.yml': 'version: 1\nimages: [{ path: "a\\e[31m.png", "\\e]0;owned\\a": 1 }]\n',
    })

    const { code, stdout, stderr } = await easel(['check'], { cwd: workspace.root })

    expect(code).toBe(2)
    expect(stdout + stderr).not.toContain('\u001b')
  })
})

describe('on Windows', () => {
  it('paths with backslashes work, and globs that the shell left alone', async () => {
    await using workspace = await createWorkspace({
      'site/easel.yml': config({ path: 'img/a.png', prompt: 'x' }, { path: 'img/b.png', prompt: 'y' }),
      'docs/a.md': '![A fox](fox.png)\n',
      'docs/b.md': '![A hare](hare.png)\n',
    })
    const cwd = workspace.root

    const [check, illustrate] = await Promise.all([
      easel(['check', '--config', 'site\\easel.yml', 'img\\a.png', '--json'], { cwd }),
      easel(['illustrate', 'docs\\*.md', '--json'], { cwd }),
    ])

    expect(JSON.parse(check.stdout).images).toMatchObject([{ path: 'img/a.png' }])
    expect(JSON.parse(illustrate.stdout).pages).toMatchObject([{ file: 'docs/a.md' }, { file: 'docs/b.md' }])
  })
})

describe('easel init', () => {
  it('adds the lines of .gitattributes that are missing, once', async () => {
    await using workspace = await createWorkspace({ '.gitattributes': '*.png binary\n*.svg -text' })

    const first = await easel(['init', '--no-workflow'], { cwd: workspace.root })
    const second = await easel(['init', '--no-workflow'], { cwd: workspace.root })

    expect(first.stdout).toContain('added a line to .gitattributes')
    expect(second.stdout).toContain('.gitattributes already exists, not changed')
    expect(await workspace.text('.gitattributes')).toBe(
      '*.png binary\n*.svg -text\neasel.lock.json merge=union linguist-generated\n',
    )
  })

  it('writes a config that works and a workflow that is valid YAML, and changes nothing the second time', async () => {
    await using workspace = await createWorkspace()
    const cwd = workspace.root

    const first = await easel(['init'], { cwd })
    const before = await workspace.text('easel.yml')
    const second = await easel(['init'], { cwd })
    const check = await easel(['check'], { cwd })

    expect(first.stdout).toContain('wrote easel.yml\nwrote .github/workflows/easel.yml\n')
    expect(second.stdout).toContain('easel.yml already exists, not changed')
    expect(await workspace.text('easel.yml')).toBe(before)
    expect(check.code).toBe(3)
    expect(check.stderr).toBe('')
    expect(check.stdout).toContain('2 images to generate')
    const workflow: unknown = parse(await workspace.text('.github/workflows/easel.yml'))
    expect(workflow).toHaveProperty('jobs.images.steps[1].with.openrouter-api-key')
  })

  it('generates from what it wrote', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace()
    await easel(['init', '--no-workflow'], { cwd: workspace.root })

    const { code } = await easel(['generate'], { cwd: workspace.root, env: upstream.env })

    expect(code).toBe(0)
    expect(await workspace.files()).toEqual([
      '.gitattributes',
      'docs/img/lamp.png',
      'docs/img/lighthouse.png',
      'easel.lock.json',
      'easel.yml',
    ])
  })
})

describe('easel models', () => {
  it('lists what the models accept and cost, cheapest first', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace()
    const options = { cwd: workspace.root, env: { OPENROUTER_BASE_URL: upstream.url } }

    const all = await easel(['models', '--json'], options)
    const few = await easel(
      ['models', '--takes', 'image_size=4K', 'input_images=10', '--max-price', '0.20', '--json'],
      options,
    )
    const text = await easel(['models', 'flux', 'klein'], options)

    expect(ids(all)).toHaveLength(22)
    expect(ids(few)).toContain('google/gemini-3.1-flash-image')
    expect(ids(few)).not.toContain('google/gemini-2.5-flash-image')
    expect(ids(few).every((id) => ids(all).includes(id))).toBe(true)
    expect(text.stdout).toMatch(/^MODEL +PRICE +SIZES/)
    expect(text.stdout).toContain('black-forest-labs/flux.2-klein-4b')
  })

  it('warns of models that retire, and says what to use', async () => {
    await using upstream = await startUpstream()
    await using workspace = await createWorkspace()
    const options = { cwd: workspace.root, env: { OPENROUTER_BASE_URL: upstream.url } }

    const text = await easel(['models', 'gemini', '2.5'], options)
    const json = await easel(['models', 'emulator', '--json'], options)

    expect(text.stdout).toContain(
      'google/gemini-2.5-flash-image was retired on 2026-10-02, and may stop working at any time. Use google/gemini-3.1-flash-image.',
    )
    expect(JSON.parse(json.stdout)).toMatchObject({
      models: [
        { id: 'emulator/retired-image', retirement: { date: '2026-01-15' } },
        { id: 'emulator/retiring-image', retirement: { date: '2099-12-31' } },
      ],
    })
  })

  it('works without the network, and says where the list comes from', async () => {
    await using workspace = await createWorkspace()

    const { code, stdout, stderr } = await easel(['models', 'recraft'], {
      cwd: workspace.root,
      env: { OPENROUTER_BASE_URL: 'http://127.0.0.1:9/api/v1' },
    })

    expect(code).toBe(0)
    expect(stdout).toContain('recraft/recraft-v3')
    expect(stderr).toContain('the one that ships with Easel')
  })

  it('refuses a filter that is valid in no spec', async () => {
    await using workspace = await createWorkspace()

    const { code, stderr } = await easel(['models', '--takes', 'image_size=8k'], { cwd: workspace.root })

    expect(code).toBe(2)
    expect(stderr).toContain('image_size is "8k"')
  })
})

describe('easel sign', () => {
  it('signs with the first key, and a Worker accepts it', async () => {
    await using workspace = await createWorkspace()

    const { code, stdout } = await easel(
      [
        'sign',
        'https://img.example.com/image',
        '-p',
        'A fox & a hare',
        '-s',
        'aspect_ratio=16:9',
        'w=800',
        '-e',
        '1d',
        '--json',
      ],
      { cwd: workspace.root, env: KEYS },
    )

    expect(code).toBe(0)
    const { url, expires } = JSON.parse(stdout) as { url: string; expires: string }
    const key = { kid: 'main', secret: '0123456789abcdef0123456789abcdef' }
    expect(await verifyUrl(new URL(url), [key], Date.now())).toEqual(key)
    expect(new URL(url).searchParams.get('prompt')).toBe('A fox & a hare')
    expect(Date.parse(expires) - Date.now()).toBeGreaterThan(86_000_000)
    await expect(verifyUrl(new URL(url.replace('fox', 'cat')), [key], Date.now())).rejects.toThrow('changed')
  })

  it('signs for a week by default, and a list in its order', async () => {
    await using workspace = await createWorkspace()
    const images = ['https://b.example/2.png', 'https://a.example/1.png']

    const { code, stdout, stderr } = await easel(
      [
        'sign',
        'https://img.example.com/image?prompt=fox&input_images=https://c.example/3.png',
        '-s',
        ...images.map((image) => `input_images=${image}`),
      ],
      { cwd: workspace.root, env: KEYS },
    )

    expect(code).toBe(0)
    const { searchParams } = new URL(stdout.trim())
    expect(searchParams.getAll('input_images')).toEqual(images)
    const days = (Number(searchParams.get('exp')) - Date.now() / 1000) / 86_400
    expect(days).toBeCloseTo(7, 2)
    expect(stderr).toMatch(/^Valid until /)
  })

  it.each([
    [['sign', 'https://img.example.com/image?prompt=x&aspect_ratio=16x10'], KEYS, 'aspect_ratio is "16x10"'],
    [['sign', 'https://img.example.com/image?prompt=x'], {}, 'EASEL_SIGNING_KEYS must hold kid:secret'],
    [['sign', 'https://img.example.com/image?prompt=x', '-e', 'soon'], KEYS, 'a time such as'],
    [['sign', 'https://img.example.com/image?prompt=x', '-e', '3651d'], KEYS, 'a time such as'],
    [['sign', 'https://img.example.com/image?prompt=x'], { EASEL_SIGNING_KEYS: 'k:short' }, '16 or more'],
    [
      ['sign', 'https://img.example.com/image?prompt=x'],
      { EASEL_SIGNING_KEYS: `${KEYS.EASEL_SIGNING_KEYS},old:short` },
      '16 or more',
    ],
    [['sign', 'https://img.example.com/'], KEYS, '/ serves no image'],
    [['sign', 'https://img.example.com/v1/images?prompt=x'], KEYS, 'serves no image'],
    [['sign', 'https://img.example.com/i/abc.png'], KEYS, 'serves no image'],
    [['sign', `https://img.example.com/i/${'0'.repeat(64)}.png?prompt=x`], KEYS, 'prompt has no meaning'],
    [['sign', 'https://img.example.com/named/a.png', '-s', 'seed=1'], KEYS, 'seed has no meaning'],
    [['sign', 'https://img.example.com/image'], KEYS, 'prompt is missing'],
    [['sign', 'https://img.example.com/image?prompt=x&prompt=y'], KEYS, 'prompt is given 2 times'],
    [['sign', 'https://img.example.com/image?prompt=x&colour=red'], KEYS, 'colour'],
    [['sign', 'https://img.example.com/image?prompt=x', '-s', 'w=9000'], KEYS, 'w is "9000"'],
    [['sign', 'https://img.example.com/image?prompt=x', '-s', 'format=gif'], KEYS, 'format is "gif"'],
    [['sign', 'https://img.example.com/image?prompt=x', '-s', 'q=0'], KEYS, 'q is "0"'],
  ])('refuses %j', async (args, env, message) => {
    await using workspace = await createWorkspace()

    const { code, stderr, stdout } = await easel(args, { cwd: workspace.root, env })

    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
  })
})

function ids({ stdout }: { stdout: string }): string[] {
  return JSON.parse(stdout).models.map(({ id }: { id: string }) => id)
}
