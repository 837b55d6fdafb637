import { open, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createLinkFinder, isErrno, realRoot } from '../files/safe-path.ts'
import { UsageError } from '../config/diagnostic.ts'
import { CONFIG, WORKFLOW } from './templates.ts'

const CONFIG_PATH = 'easel.yml'
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
