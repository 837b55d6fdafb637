import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { brokenLinks, brokenTags, type Repository, slugOf, type SourceFile } from '../support/references.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const files = filesOf(ROOT)
const repository: Repository = {
  paths: withFolders(files),
  sites: { 'examples/docs-site/docs': 'examples/docs-site/docs/public' },
  read,
}

describe('the repository', () => {
  it.each(files.filter((path) => path.endsWith('.md')))('%s links only to what exists', (path) => {
    expect(brokenLinks({ path, text: read(path) }, repository)).toEqual([])
  })

  it('has @see and {@link} tags only for what exists', () => {
    const sources = files.filter((path) => path.endsWith('.ts')).map((path) => ({ path, text: read(path) }))

    expect(sources.filter(({ text }) => text.includes('@see docs/openrouter.md#')).length).toBeGreaterThan(5)
    expect(sources.flatMap((source) => brokenTags(source, repository))).toEqual([])
  })
})

describe('a broken reference is found', () => {
  const planted: Repository = {
    paths: new Set(['docs', 'docs/page.md', 'docs/img.png', 'shared/a.ts']),
    read: () => '# A page\n\n## Same\n\n## Same\n\n## `image_config`, and *more*!\n',
  }
  const good = [
    'page.md',
    './page.md#a-page',
    '#same-1',
    'img.png',
    '../shared/a.ts',
    '../docs/',
    'https://a.example/b',
  ]

  it.each([
    ['[a](missing.md)', 'docs/page.md: missing.md leads to docs/missing.md, which does not exist'],
    ['![a](../img.png)', 'docs/page.md: ../img.png leads to img.png, which does not exist'],
    ['[a][b]\n\n[b]: page.md#nowhere', 'docs/page.md: page.md#nowhere names no heading of docs/page.md'],
    ['[a](#same-2)', 'docs/page.md: #same-2 names no heading of docs/page.md'],
    ['<img src="gone.png">', 'docs/page.md: gone.png leads to docs/gone.png, which does not exist'],
    ['[a](http://a.example)', 'docs/page.md: http://a.example is not an https URL'],
    ['[a](img.png#top)', 'docs/page.md: img.png#top has an anchor, but is not Markdown'],
  ])('in Markdown: %s', (text, problem) => {
    const links = good.map((url) => `[ok](${url})`).join(' ')

    expect(brokenLinks(page(`${links} \`[code](gone.md)\`\n\n${text}`), planted)).toEqual([problem])
  })

  it.each([
    ['/** @see docs/gone.md */', 'shared/a.ts: docs/gone.md leads to docs/gone.md, which does not exist'],
    [
      '/**\n * Text.\n *\n * @see docs/page.md#gone\n */',
      'shared/a.ts: docs/page.md#gone names no heading of docs/page.md',
    ],
    ['/** @see someFunction */', 'shared/a.ts: someFunction leads to someFunction, which does not exist'],
    ['/** {@link docs/gone.md} */', 'shared/a.ts: docs/gone.md leads to docs/gone.md, which does not exist'],
    ['/** {@link gone.now} */', 'shared/a.ts: gone.now is neither imported nor declared here'],
  ])('in TypeScript: %j', (comment, problem) => {
    const text = `/** {@link found} {@link docs/page.md#a-page}\n * @see docs/page.md#same\n * @see https://a.example/b\n */\nconst found = 1\n${comment}`

    expect(brokenTags({ path: 'shared/a.ts', text }, planted)).toEqual([problem])
  })

  it.each([
    ['`image_config`, and more!', 'image_config-and-more'],
    ['GET /image?prompt=…', 'get-imageprompt'],
    ['Ünïcode – dash', 'ünïcode--dash'],
  ])('by the anchors that GitHub makes: %s', (heading, slug) => {
    expect(slugOf(heading)).toBe(slug)
  })
})

function page(text: string): SourceFile {
  return { path: 'docs/page.md', text }
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

/** Every file that is or will be committed. */
function filesOf(root: string): string[] {
  const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  })
  return list
    .toString()
    .split('\0')
    .filter((path) => path !== '' && !path.startsWith('action/dist/') && existsSync(join(root, path)))
}

function withFolders(paths: readonly string[]): ReadonlySet<string> {
  const all = new Set(paths)
  for (const path of paths) {
    for (let folder = posix.dirname(path); folder !== '.'; folder = posix.dirname(folder)) all.add(folder)
  }
  return all
}
