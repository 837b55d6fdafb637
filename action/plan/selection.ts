import picomatch from 'picomatch'
import { UsageError } from '../config/diagnostic.ts'

/** Whether an image is meant, by its path or its id. */
export type Selection = (path: string, id?: string) => boolean

/**
 * What `only` says: globs over paths, and ids. Nothing said means everything.
 *
 * @param known  all images and orphans, to tell when a pattern means none of them
 * @throws {UsageError} when one matches nothing: it is most likely a slip of the pen
 */
export function createSelection(
  patterns: readonly string[],
  known: readonly { readonly path: string; readonly id?: string | undefined }[],
): Selection {
  if (patterns.length === 0) return () => true
  const selections = patterns.map((pattern): Selection => {
    const matches = picomatch(pattern.replace(/^\.\//, ''), { dot: true })
    return (path, id) => path === pattern || id === pattern || matches(path)
  })
  const idle = patterns.filter((_, index) => !known.some(({ path, id }) => selections[index]?.(path, id)))
  if (idle.length > 0) {
    throw new UsageError(
      `${idle.join(', ')} matches no image. Say an id, a path or a glob over paths, such as "docs/**".`,
    )
  }
  return (path, id) => selections.some((isSelected) => isSelected(path, id))
}
