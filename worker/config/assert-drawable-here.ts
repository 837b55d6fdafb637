import { EaselError } from '../../shared/errors.ts'
import type { ListedImage } from './compiled-config.ts'

/** @throws {EaselError} `not_found` for an image that starts from files, which are in the repository only */
export function assertGeneratesHere({ path, files }: ListedImage): void {
  if (files.length === 0) return
  throw new EaselError(
    'not_found',
    `${path} is not here, and can’t be generated here: it starts from ${files.join(', ')}, which only the repository has. Let the Action generate it with this Easel as its base-url.`,
  )
}
