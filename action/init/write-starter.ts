import { appendFile, open, mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createLinkFinder, isErrno, realRoot } from '../files/safe-path.ts'
import { UsageError } from '../config/diagnostic.ts'
import { CONFIG, GIT_ATTRIBUTES, WORKFLOW } from './templates.ts'

const CONFIG_PATH = 'easel.yml'
const ATTRIBUTES_PATH = '.gitattributes'
const WORKFLOW_PATH = '.github/workflows/easel.yml'

/** Writes the files that don't exist yet. @returns what was done and what comes next, as lines */
export async function writeStarter(
  folder: string,
  { workflow }: { readonly workflow: boolean },
): Promise<string[]> {
  const root = await realRoot(folder)
  const lines: string[] = []
  const files = [[CONFIG_PATH, CONFIG] as const, ...(workflow ? [[WORKFLOW_PATH, WORKFLOW] as const] : [])]
  for (const [path, text] of files) {
    lines.push((await writeNew(root, path, text)) ? `wrote ${path}` : `${path} already exists, not changed`)
  }
  lines.push(await addGitAttributes(root))
  return [
    ...lines,
    '',
    'Next:',
    '  1. Describe your images in easel.yml.',
    '  2. Run easel plan to see what will be generated and what it costs.',
    '  3. Run easel generate. It needs OPENROUTER_API_KEY, from openrouter.ai/keys.',
    ...(workflow ? ['  4. Run gh secret set OPENROUTER_API_KEY, commit, and push.'] : []),
  ]
}

/** Adds the lines that are missing. @returns what was done */
async function addGitAttributes(root: string): Promise<string> {
  const path = join(root, ATTRIBUTES_PATH)
  if (await writeNew(root, ATTRIBUTES_PATH, `${GIT_ATTRIBUTES.join('\n')}\n`))
    return `wrote ${ATTRIBUTES_PATH}`
  const text = await readFile(path, 'utf8')
  const present = new Set(text.split(/\r?\n/).map((line) => line.trim()))
  const missing = GIT_ATTRIBUTES.filter((line) => !present.has(line))
  if (missing.length === 0) return `${ATTRIBUTES_PATH} already exists, not changed`
  const isOpen = text !== '' && !text.endsWith('\n')
  await appendFile(path, `${isOpen ? '\n' : ''}${missing.join('\n')}\n`)
  return `added ${missing.length === 1 ? 'a line' : `${missing.length} lines`} to ${ATTRIBUTES_PATH}`
}

/** @returns whether the file was written; `false` when it already exists */
async function writeNew(root: string, path: string, text: string): Promise<boolean> {
  const link = await createLinkFinder(root).linkIn(path)
  if (link !== undefined) throw new UsageError(`${path} goes through the symbolic link ${link}.`)
  const absolute = join(root, path)
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
