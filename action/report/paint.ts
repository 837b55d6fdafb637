import { styleText } from 'node:util'

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

/** Puts colour on a text, where there is colour. */
export type Paint = (style: Style, text: string) => string

export const plainPaint: Paint = (_, text) => text

/** Colour as far as the stream takes it, `NO_COLOR`, `FORCE_COLOR` and `TERM` considered. */
export function paintFor(stream: NodeJS.WritableStream): Paint {
  return (style, text) => styleText(style, text, { stream, validateStream: true })
}
