import type { PartialImage } from '../../shared/config/schema.ts'
import type { FieldPath } from '../../shared/spec/spec-issue.ts'
import type { Diagnostic, Position } from './diagnostic.ts'

/** An image as its author described it, wherever that was. Nothing of it has been checked but its form. */
export interface DeclaredImage {
  /** From the root of the workspace. */
  readonly path: string
  readonly id?: string | undefined
  readonly alt?: string | undefined
  /** The fields as written, `preset` among them; absent when they can't be used, which a diagnostic says. */
  readonly fields?: PartialImage & { readonly preset?: string | undefined }
  /**
   * Where the author wrote a field: with the image, in its preset, or among the defaults.
   *
   * @param path  `['font_inputs', 0, 'text']`
   */
  readonly where: (path: FieldPath) => Position
}

/** All that the sources of images say. */
export interface Declarations {
  readonly images: readonly DeclaredImage[]
  readonly defaults: PartialImage | undefined
  readonly presets: ReadonlyMap<string, PartialImage | undefined>
  readonly diagnostics: readonly Diagnostic[]
  /** Where Markdown may describe further images. */
  readonly pages: {
    readonly globs: readonly string[]
    readonly siteRoot: string | undefined
    readonly whereGlob: (index: number) => Position
    /** Where a field stands in a preset, or else among the defaults. */
    readonly whereShared: (preset: string | undefined, path: FieldPath) => Position | undefined
  }
}

/** A diagnostic at the place of one of an image's fields. */
export function problemAt(
  image: Pick<DeclaredImage, 'where'>,
  path: FieldPath,
  message: string,
  severity: Diagnostic['severity'] = 'error',
): Diagnostic {
  return { ...image.where(path), severity, message }
}
