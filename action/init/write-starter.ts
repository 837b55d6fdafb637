import { appendFile, open, mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { UsageError } from '../config/diagnostic.ts'
import { existingConfigs, nearMiss } from '../config/find-config.ts'
import { kindAt } from '../files/kind-at.ts'
import { createLinkFinder, isErrno, realRoot } from '../files/safe-path.ts'
import { repositoryOf } from './repository.ts'
import { CONFIG, GIT_ATTRIBUTES, workflowFor } from './templates.ts'

const CONFIG_PATH = 'easel.yml'
const ATTRIBUTES_PATH = '.gitattributes'
const WORKFLOW_PATH = '.github/workflows/easel.yml'
const DEFAULT_BRANCH = 'main'

/** Writes the files that don't exist yet. @returns what was done and what comes next, as lines */
export async function writeStarter(
  folder: string,
  { workflow }: { readonly workflow: boolean },
): Promise<string[]> {
  const root = await realRoot(folder)
  const config = await addConfig(root)
  const lines = [config.line, ...(workflow ? [await addWorkflow(root)] : []), await addGitAttributes(root)]
  return [
    ...lines,
    '',
    'Next:',
    `  1. Describe your images in ${config.path}.`,
    '  2. Run easel plan to see what will be generated and what it costs.',
    '  3. Run easel generate. It needs OPENROUTER_API_KEY, from openrouter.ai/keys.',
    ...(workflow ? ['  4. Run gh secret set OPENROUTER_API_KEY, commit, and push.'] : []),
  ]
}

interface Added {
  readonly path: string
  /** What was done. */
  readonly line: string
}

/** A second config would make every command fail. */
async function addConfig(root: string): Promise<Added> {
  const [existing] = await existingConfigs(root)
  if (existing !== undefined) return { path: existing, line: unchanged(existing) }
  const miss = await nearMiss(root)
  if (miss !== undefined) {
    const path = miss.startsWith('.github/') ? `.github/${CONFIG_PATH}` : CONFIG_PATH
    return { path, line: `${miss} already exists, not changed: rename it to ${path}` }
  }
  await writeNew(root, CONFIG_PATH, CONFIG)
  return { path: CONFIG_PATH, line: `wrote ${CONFIG_PATH}` }
}

/** GitHub runs only workflows at the root of a repository. */
async function addWorkflow(root: string): Promise<string> {
  const repository = await repositoryOf(root)
  const { folder, branch = DEFAULT_BRANCH } = repository ?? { folder: '' }
  const up = folder === '' ? '' : '../'.repeat(folder.split('/').length)
  const path = `${up}${WORKFLOW_PATH}`
  if (await writeNew(repository?.root ?? root, WORKFLOW_PATH, workflowFor({ branch, folder })))
    return `wrote ${path}`
  return `${unchanged(path)}${folder === '' ? '' : `: see that a step has working-directory: ${folder}`}`
}

/** Adds the lines that are missing. @returns what was done */
async function addGitAttributes(root: string): Promise<string> {
  const path = join(root, ATTRIBUTES_PATH)
  if (await writeNew(root, ATTRIBUTES_PATH, `${GIT_ATTRIBUTES.join('\n')}\n`))
    return `wrote ${ATTRIBUTES_PATH}`
  const text = await readFile(path, 'utf8')
  const present = new Set(text.split(/\r?\n/).map((line) => line.trim()))
  const missing = GIT_ATTRIBUTES.filter((line) => !present.has(line))
  if (missing.length === 0) return unchanged(ATTRIBUTES_PATH)
  const isOpen = text !== '' && !text.endsWith('\n')
  await appendFile(path, `${isOpen ? '\n' : ''}${missing.join('\n')}\n`)
  return `added ${missing.length === 1 ? 'a line' : `${missing.length} lines`} to ${ATTRIBUTES_PATH}`
}

function unchanged(path: string): string {
  return `${path} already exists, not changed`
}

/** @returns whether the file was written; `false` when it already exists */
async function writeNew(root: string, path: string, text: string): Promise<boolean> {
  const link = await createLinkFinder(root).linkIn(path)
  if (link !== undefined) throw new UsageError(`${path} goes through the symbolic link ${link}.`)
  const absolute = join(root, path)
  const kind = await kindAt(absolute)
  if (kind === 'a file') return false
  if (kind !== 'nothing') throw new UsageError(`${path} is ${kind}: easel init needs a file there.`)
  await mkdir(dirname(absolute), { recursive: true })
  try {
    await using file = await open(absolute, 'wx')
    await file.writeFile(text)
    return true
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false
    throw error
  }
}
