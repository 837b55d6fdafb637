import { UsageError } from '../config/diagnostic.ts'
import { parseGlob } from '../files/glob.ts'

/** Whether an image is selected, by its path or its id. */
export type Selection = (path: string, id?: string) => boolean

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
  const selections = patterns.map((pattern): Selection => {
    // Shells of Windows complete paths with backslashes, which no path of an image holds.
    const written = pattern.replaceAll('\\', '/').replace(/^\.\//, '')
    const { matches } = parseGlob(written, { dot: true })
    return (path, id) => path === written || id === pattern || matches(path)
  })
  const idle = patterns.filter((_, index) => !known.some(({ path, id }) => selections[index]?.(path, id)))
  if (idle.length > 0) {
    throw new UsageError(
      `${idle.join(', ')} matches no image. Use an id, a path or a glob, such as "docs/**".`,
    )
  }
  return (path, id) => selections.some((isSelected) => isSelected(path, id))
}
