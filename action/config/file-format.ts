import { extname } from 'node:path/posix'
import type { ImageMediaType } from '../../shared/media/image.ts'
import type { ImageSpec } from '../../shared/spec/schema.ts'

/** What a file may be: the formats that a spec can ask for. */
export type FileFormat = NonNullable<ImageSpec['output_format']>

/** By extension, in lower case with its dot. */
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

/** `.png` of `docs/img/Hero.PNG`. */
export function extensionOf(path: string): string {
  return extname(path).toLowerCase()
}

/** The format that a path promises; `undefined` when its extension is none of Easel's. */
export function formatOfPath(path: string): FileFormat | undefined {
  return FORMAT_OF_EXTENSION.get(extensionOf(path))
}

/** The extensions of a format, for sentences. */
export function extensionsOf(format: FileFormat): string {
  return [...FORMAT_OF_EXTENSION]
    .filter(([, other]) => other === format)
    .map(([extension]) => extension)
    .join(' or ')
}

/** The format of some bytes; `undefined` of a type that no path can promise, such as GIF. */
export function formatOfMediaType(mediaType: ImageMediaType): FileFormat | undefined {
  return FORMAT_OF_MEDIA_TYPE[mediaType]
}
