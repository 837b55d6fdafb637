import { extname } from 'node:path/posix'
import type { ImageMediaType } from '../../shared/media/image.ts'

/** The format of a file, as `output_format` names it. */
export type FileFormat = 'png' | 'jpeg' | 'webp' | 'gif' | 'svg'

/** By extension, in lower case and with its dot. */
export const FORMAT_OF_EXTENSION: ReadonlyMap<string, FileFormat> = new Map([
  ['.png', 'png'],
  ['.jpg', 'jpeg'],
  ['.jpeg', 'jpeg'],
  ['.webp', 'webp'],
  ['.gif', 'gif'],
  ['.svg', 'svg'],
])

const FORMAT_OF_MEDIA_TYPE: ReadonlyMap<string, FileFormat> = new Map<ImageMediaType, FileFormat>([
  ['image/png', 'png'],
  ['image/jpeg', 'jpeg'],
  ['image/webp', 'webp'],
  ['image/gif', 'gif'],
  ['image/svg+xml', 'svg'],
])

/** `.png` for `docs/img/Hero.PNG`. */
export function extensionOf(path: string): string {
  return extname(path).toLowerCase()
}

/** The format of a path's extension; `undefined` when Easel doesn't support it. */
export function formatOfPath(path: string): FileFormat | undefined {
  return FORMAT_OF_EXTENSION.get(extensionOf(path))
}

/** The extensions of a format, for messages. */
export function extensionsOf(format: string): string {
  return [...FORMAT_OF_EXTENSION]
    .filter(([, other]) => other === format)
    .map(([extension]) => extension)
    .join(' or ')
}

/** The format of a media type; `undefined` for a type without a supported extension, such as AVIF. */
export function formatOfMediaType(mediaType: string): FileFormat | undefined {
  return FORMAT_OF_MEDIA_TYPE.get(mediaType)
}
