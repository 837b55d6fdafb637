import { stripVTControlCharacters } from 'node:util'

// oxlint-disable-next-line no-control-regex -- it matches control characters on purpose
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g

/**
 * Makes text from a config, a provider or a file name safe to print: one line, without control characters, escape
 * sequences or bidirectional marks.
 */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text).replaceAll(CONTROL_CHARACTERS, ' ').trim()
}

/** Cuts a long text and marks the cut with an ellipsis. */
export function shorten(text: string, maxCharacters: number): string {
  const characters = Array.from(text)
  return characters.length <= maxCharacters ? text : `${characters.slice(0, maxCharacters - 1).join('')}…`
}
