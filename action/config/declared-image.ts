import type { PartialImage } from '../../shared/config/schema.ts'
import type { FieldPath } from '../../shared/spec/spec-issue.ts'
import type { Diagnostic, Position } from './diagnostic.ts'

/** An image as declared in the config or in Markdown. Its fields are well-formed but not validated further. */
export interface DeclaredImage {
  /** Relative to the root of the workspace. */
  readonly path: string
  readonly id?: string | undefined
  readonly alt?: string | undefined
  /** The fields as written, including `preset`; absent when a diagnostic says that they are invalid. */
  readonly fields?: PartialImage & { readonly preset?: string | undefined }
  /**
   * Where a field is written: with the image, in its preset, or in the defaults.
   *
   * @param path  `['font_inputs', 0, 'text']`
   */
  readonly where: (path: FieldPath) => Position
}

/** Everything that a config declares. */
export interface Declarations {
  readonly images: readonly DeclaredImage[]
  readonly defaults: PartialImage | undefined
  readonly presets: ReadonlyMap<string, PartialImage | undefined>
  readonly diagnostics: readonly Diagnostic[]
  /** Markdown files that may describe more images. */
  readonly pages: {
    readonly globs: readonly string[]
    readonly siteRoot: string | undefined
    readonly whereGlob: (index: number) => Position
    /** Where a field is in a preset, or else in the defaults. */
    readonly whereShared: (preset: string | undefined, path: FieldPath) => Position | undefined
  }
}

/** A diagnostic at one of an image's fields. */
export function problemAt(
  image: Pick<DeclaredImage, 'where'>,
  path: FieldPath,
  message: string,
  severity: Diagnostic['severity'] = 'error',
): Diagnostic {
  return { ...image.where(path), severity, message }
}
