import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { UsageError } from '../config/diagnostic.ts'
import { configFile, existingConfigs, findConfig, lockPathOf } from '../config/find-config.ts'
import { shown } from '../config/wording.ts'
import { declarationsOf } from '../config/yaml-images.ts'
import { readRegularFile } from '../files/read-file.ts'
import { createLinkFinder, inWorkspace, isErrno, pathProblem, realRoot } from '../files/safe-path.ts'
import { writeAtomic } from '../files/write-atomic.ts'
import { createLockStore } from '../lock/lock-store.ts'
import { declarePages } from '../markdown/declare-pages.ts'
import type { Dimensions } from '../markdown/dimensions.ts'
import { findPages, PAGE } from '../markdown/find-pages.ts'

/** A page to edit. */
export interface OpenPage {
  /** Relative to the root of the workspace. */
  readonly file: string
  readonly content: string
  save(content: string): Promise<void>
}

/** Pages, and what the workspace says about their images. */
export interface OpenPages {
  readonly all: readonly OpenPage[]
  readonly siteRoot: string | undefined
  /** Whether a path has neither a file nor a description. */
  readonly isWanted: (path: string) => Promise<boolean>
  /** From the lock. */
  readonly dimensionsOf: (path: string) => Dimensions | undefined
}

/**
 * Opens pages to edit them. Uses a config if there is one.
 *
 * @throws {UsageError} when a file can't be read, or the given config does not exist
 */
export async function openPages(
  workspace: string,
  { config, files }: { readonly config: string | undefined; readonly files: readonly string[] },
): Promise<OpenPages> {
  const root = await realRoot(workspace)
  const links = createLinkFinder(root)
  const named = await Promise.all(files.map((file) => pagesNamed(root, file)))
  const all = await Promise.all([...new Set(named.flat())].map((file) => openPage(root, file, links)))
  const configPath = await configIn(root, config)
  if (configPath === undefined) {
    return { all, siteRoot: undefined, isWanted: (path) => isFree(root, path), dimensionsOf: () => undefined }
  }
  const [declared, entries] = await Promise.all([
    readFileText(configFile(root, configPath), configPath).then((text) => declarationsOf(text, configPath)),
    createLockStore(root, lockPathOf(configPath)).read(),
  ])
  const { images } = await declarePages({ ...declared.pages, images: declared.images }, { root, links })
  const taken = new Set(images.map(({ path }) => path))
  return {
    all,
    siteRoot: declared.pages.siteRoot,
    isWanted: async (path) => !taken.has(path) && (await isFree(root, path)),
    dimensionsOf: (path) => entries.get(path),
  }
}

/** The shells of Windows leave globs to the program, and separate folders with backslashes. */
async function pagesNamed(root: string, written: string): Promise<readonly string[]> {
  const pattern = written.replaceAll('\\', '/').replace(/^\.\//, '')
  if (!/[*?[{]/.test(pattern) || (await exists(join(root, pattern)))) return [pattern]
  const { files } = await findPages(root, [pattern])
  if (files.length > 0) return files
  throw new UsageError(`${written} matches no .md, .mdx or .markdown file.`)
}

async function openPage(
  root: string,
  file: string,
  links: ReturnType<typeof createLinkFinder>,
): Promise<OpenPage> {
  const problem = pathProblem(file)
  if (problem) throw new UsageError(`${shown(file)} ${problem}.`)
  if (!PAGE.test(file)) throw new UsageError(`${file} is not a .md, .mdx or .markdown file.`)
  const link = await links.linkIn(file)
  if (link !== undefined) throw new UsageError(`${file} goes through the symbolic link ${link}.`)
  const absolute = inWorkspace(root, file)
  return {
    file,
    content: await readFileText(absolute, file),
    save: async (content) => void (await writeAtomic(absolute, content)),
  }
}

async function configIn(root: string, given: string | undefined): Promise<string | undefined> {
  if (given === undefined && (await existingConfigs(root)).length === 0) return undefined
  return findConfig(root, given)
}

async function isFree(root: string, path: string): Promise<boolean> {
  return !(await exists(inWorkspace(root, path)))
}

async function exists(absolute: string): Promise<boolean> {
  try {
    await lstat(absolute)
    return true
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return false
    throw error
  }
}

async function readFileText(absolute: string, file: string): Promise<string> {
  const found = await readRegularFile(absolute)
  if (found.kind === 'nothing') throw new UsageError(`There is no file ${file}.`)
  if (found.kind === 'other') throw new UsageError(`${file} is ${found.what}.`)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(found.bytes)
  } catch {
    throw new UsageError(`${file} is not UTF-8 text.`)
  }
}
