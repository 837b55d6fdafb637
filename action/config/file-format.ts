import { extname } from 'node:path/posix'
import type { ImageMediaType } from '../../shared/media/image.ts'
import type { ImageSpec } from '../../shared/spec/schema.ts'

/** The format of a file: one of those that a spec can request. */
export type FileFormat = NonNullable<ImageSpec['output_format']>

/** By extension, in lower case and with its dot. */
export const FORMAT_OF_EXTENSION: ReadonlyMap<string, FileFormat> = new Map([
  ['.png', 'png'],
  ['.jpg', 'jpeg'],
  ['.jpeg', 'jpeg'],
  ['.webp', 'webp'],
  ['.svg', 'svg'],
])

const FORMAT_OF_MEDIA_TYPE: Readonly<Partial<Record<ImageMediaType, FileFormat>>> = {
  'image/png': 'png',
  'image/jpeg': 'jpeg',
  'image/webp': 'webp',
  'image/svg+xml': 'svg',
}

/** `.png` for `docs/img/Hero.PNG`. */
export function extensionOf(path: string): string {
  return extname(path).toLowerCase()
}

/** The format of a path's extension; `undefined` when Easel doesn't support it. */
export function formatOfPath(path: string): FileFormat | undefined {
  return FORMAT_OF_EXTENSION.get(extensionOf(path))
}

/** The extensions of a format, for messages. */
export function extensionsOf(format: FileFormat): string {
  return [...FORMAT_OF_EXTENSION]
    .filter(([, other]) => other === format)
    .map(([extension]) => extension)
    .join(' or ')
}

/** The format of a media type; `undefined` for a type without a supported extension, such as GIF. */
export function formatOfMediaType(mediaType: ImageMediaType): FileFormat | undefined {
  return FORMAT_OF_MEDIA_TYPE[mediaType]
}
