import { readdir } from 'node:fs/promises'
import { join } from 'node:path/posix'
import { globMistake, parseGlob, splitPath } from '../files/glob.ts'
import { isErrno, type LinkFinder, pathProblem } from '../files/safe-path.ts'

/** The file names of pages. */
export const PAGE = /\.(md|mdx|markdown)$/i

/** Skipped folders: the repository's authors don't write there. */
const SKIPPED: ReadonlySet<string> = new Set(['.git', 'node_modules'])

/** The pages that globs match. */
export interface FoundPages {
  /** Sorted. */
  readonly files: readonly string[]
  /** Indexes of globs that match no page. */
  readonly idle: readonly number[]
}

/** @returns what is wrong with a glob, as the end of a sentence that starts with the glob; `undefined` if nothing is */
export async function globProblem(glob: string, links: LinkFinder): Promise<string | undefined> {
  const pattern = glob.replace(/^!?(\.\/)?/, '')
  const mistake = globMistake(pattern)
  if (mistake !== undefined) return mistake
  for (const base of parseGlob(pattern, { dot: false }).bases) {
    if (base === '') continue
    const problem = pathProblem(base)
    if (problem) return problem
    const link = await links.linkIn(base)
    if (link !== undefined) return `goes through the symbolic link ${link}: use the path of the real folder`
  }
  return undefined
}

/**
 * Finds Markdown and MDX files. Follows no symbolic links.
 *
 * @param globs  that passed {@link globProblem}; one that starts with `!` excludes files
 */
export async function findPages(root: string, globs: readonly string[]): Promise<FoundPages> {
  const patterns = globs.map((glob) => {
    const isNegative = glob.startsWith('!')
    const positive = glob.slice(isNegative ? 1 : 0).replace(/^\.\//, '')
    return { isNegative, ...parseGlob(positive, { dot: false }), found: false }
  })
  const wanted = patterns.filter(({ isNegative }) => !isNegative)
  const left = patterns.filter(({ isNegative }) => isNegative)
  const files = new Set<string>()
  for (const folder of withoutNested(wanted.flatMap(({ bases }) => bases))) {
    for await (const file of pagesUnder(root, folder)) {
      const path = splitPath(file)
      const matching = wanted.filter(({ matches }) => matches(path))
      if (matching.length === 0 || left.some(({ matches }) => matches(path))) continue
      for (const pattern of matching) pattern.found = true
      files.add(file)
    }
  }
  const idle = patterns.flatMap(({ isNegative, found }, index) => (isNegative || found ? [] : [index]))
  return { files: [...files].toSorted(), idle }
}

/** Removes folders that are inside another one. */
function withoutNested(folders: readonly string[]): string[] {
  const unique = [...new Set(folders)]
  return unique.filter(
    (folder) => !unique.some((other) => other !== folder && (other === '' || folder.startsWith(`${other}/`))),
  )
}

async function* pagesUnder(root: string, path: string): AsyncGenerator<string> {
  let entries
  try {
    entries = await readdir(join(root, path), { withFileTypes: true })
  } catch (error) {
    // A glob without wildcards names a file.
    if (isErrno(error, 'ENOTDIR') && PAGE.test(path)) yield path
    else if (!isErrno(error, 'ENOENT', 'ENOTDIR')) throw error
    return
  }
  for (const entry of entries) {
    const inner = path === '' ? entry.name : `${path}/${entry.name}`
    if (entry.isDirectory() && !SKIPPED.has(entry.name)) yield* pagesUnder(root, inner)
    else if (entry.isFile() && PAGE.test(entry.name)) yield inner
  }
}
