import { UsageError } from '../config/diagnostic.ts'
import { few, shown } from '../config/wording.ts'
import { globListMistake, globMistake, parseGlob, splitPath } from '../files/glob.ts'

/** Whether an image is selected, by its path or its id. */
export type Selection = (path: string, id?: string) => boolean

/** A path as the config has it. Shells of Windows complete paths with backslashes, which no path of an image holds. */
export function writtenPath(path: string): string {
  return path.replaceAll('\\', '/').replace(/^\.\//, '')
}

/**
 * The images that `only` selects, by id, path or glob. No pattern selects everything.
 *
 * @param known  all images and orphans
 * @throws {UsageError} when a pattern matches none of them, which is most likely a typo
 */
export function createSelection(
  patterns: readonly string[],
  known: readonly { readonly path: string; readonly id?: string | undefined }[],
): Selection {
  if (patterns.length === 0) return () => true
  const names = new Set(known.flatMap(({ path, id }) => (id === undefined ? [path] : [path, id])))
  const written = patterns.map(writtenPath)
  // A path may hold what is a mistake in a glob, and however many of them take no time.
  const named = new Set([...patterns, ...written].filter((name) => names.has(name)))
  const globs = patterns.flatMap((pattern, index) => {
    const glob = written[index] ?? ''
    return named.has(pattern) || named.has(glob) ? [] : [{ pattern, glob }]
  })
  for (const { pattern, glob } of globs) {
    const mistake = globMistake(glob)
    if (mistake !== undefined) throw new UsageError(`${shown(pattern)} ${mistake}.`)
  }
  const tooMany = globListMistake(globs.map(({ glob }) => glob))
  if (tooMany) throw new UsageError(`The selection ${tooMany.problem}.`)
  const matchers = globs.map(({ glob }) => parseGlob(glob, { dot: true }))
  const paths = known.map(({ path }) => splitPath(path))
  const idle = globs
    .filter((_, index) => !paths.some((path) => matchers[index]?.matches(path)))
    .map(({ pattern }) => shown(pattern))
  if (idle.length > 0) {
    throw new UsageError(`${few(idle)} matches no image. Use an id, a path or a glob, such as "docs/**".`)
  }
  return (path, id) => {
    if (named.has(path) || (id !== undefined && named.has(id))) return true
    const split = splitPath(path)
    return matchers.some(({ matches }) => matches(split))
  }
}
