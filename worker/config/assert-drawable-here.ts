import { EaselError } from '../../shared/errors.ts'
import type { ListedImage } from './compiled-config.ts'

/** @throws {EaselError} `not_found` for a picture that starts from files, which are in the repository only */
export function assertDrawableHere({ path, files }: ListedImage): void {
  if (files.length === 0) return
  throw new EaselError(
    'not_found',
    `${path} is not here, and can’t be drawn here: it starts from ${files.join(', ')}, which only the repository has. Let the Action draw it with this Easel as its base-url.`,
  )
}
