import { styleText } from 'node:util'

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

/** Colours a text, if the stream has colours. */
export type Paint = (style: Style, text: string) => string

export const plainPaint: Paint = (_, text) => text

/** Colours that the stream supports; respects `NO_COLOR`, `FORCE_COLOR` and `TERM`. */
export function paintFor(stream: NodeJS.WritableStream): Paint {
  return (style, text) => styleText(style, text, { stream, validateStream: true })
}
