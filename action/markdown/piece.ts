/** A comment that begins with the word `easel`. */
export interface EaselComment {
  readonly kind: 'comment'
  readonly from: number
  readonly to: number
  /** Where the word stands. */
  readonly word: number
  /** What follows the word, as long as in the file: marks of quotes around it are blanks. */
  readonly body: string
}

export interface PageImage {
  readonly kind: 'image'
  readonly from: number
  readonly to: number
  /** `undefined`: no plain text (an expression of MDX), or nothing. */
  readonly url: string | undefined
  /** Plain text on one line; `undefined`: an HTML image without the attribute. */
  readonly alt: string | undefined
  /** Of an HTML image. */
  readonly tag?: { readonly names: readonly string[]; readonly attributesEnd: number }
}

/** Anything else that a reader sees. */
export interface OtherContent {
  readonly kind: 'other'
  readonly from: number
  readonly text: string
  /** Running text, rather than code, a rule or an expression. */
  readonly isText: boolean
}

export interface PageHeading {
  readonly kind: 'heading'
  readonly from: number
  readonly text: string
}

/** What stands in a page, in order, as far as images are concerned. */
export type Piece = EaselComment | PageImage | OtherContent | PageHeading
