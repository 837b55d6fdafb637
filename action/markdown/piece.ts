/** A comment that starts with the word `easel`. */
export interface EaselComment {
  readonly kind: 'comment'
  readonly from: number
  readonly to: number
  /** Where the word is. */
  readonly word: number
  /** The word as it is written: only `easel` counts. */
  readonly name: string
  /** What follows the word, as long as in the file: quote marks are blanked out. */
  readonly body: string
}

export interface PageImage {
  readonly kind: 'image'
  readonly from: number
  readonly to: number
  /** `undefined`: missing, or not plain text (an MDX expression). */
  readonly url: string | undefined
  /** What to replace for another URL: the destination, or a tag's `src` with its value. Absent in reference style. */
  readonly urlAt?: { readonly from: number; readonly to: number }
  /** Plain text on one line; `undefined`: an HTML image without an alt attribute. */
  readonly alt: string | undefined
  /** Only for an HTML image. */
  readonly tag?: { readonly names: readonly string[]; readonly attributesEnd: number }
}

/** Anything else that a reader sees. */
export interface OtherContent {
  readonly kind: 'other'
  readonly from: number
  readonly text: string
  /** Text, rather than code, a rule or an expression. */
  readonly isText: boolean
}

export interface PageHeading {
  readonly kind: 'heading'
  readonly from: number
  readonly text: string
}

/** A part of a page, as far as images are concerned. */
export type Piece = EaselComment | PageImage | OtherContent | PageHeading
