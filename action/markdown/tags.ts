import { decodeHTMLAttribute } from 'entities'

/** An attribute of a tag. */
export interface Attribute {
  /** In lower case. */
  readonly name: string
  /** `undefined`: an MDX expression that is not a plain string. */
  readonly value: string | undefined
  readonly from: number
  readonly to: number
}

/** A tag of HTML or JSX. Offsets are relative to the scanned text. */
export interface Tag {
  /** As written; empty for JSX's `<>`. */
  readonly name: string
  readonly isClosing: boolean
  readonly attributes: readonly Attribute[]
  readonly from: number
  readonly to: number
  /** Where another attribute can be inserted. */
  readonly attributesEnd: number
}

const OPENING = /<\/?([A-Za-z][\w.:-]*)?/y
const ATTRIBUTE_NAME = /[^\s"'<>/={}]+/y
const UNQUOTED = /[^\s"'=<>`{]+/y
const EQUALS = /\s*=\s*/y

/**
 * The tag at `at`. Accepts HTML and JSX, so that one scanner serves both.
 *
 * @returns `undefined` when there is none, `'incomplete'` when the text ends inside it
 */
export function scanTag(text: string, at: number): Tag | 'incomplete' | undefined {
  const opening = match(OPENING, text, at)
  if (!opening) return undefined
  const name = opening[1] ?? ''
  const isClosing = opening[0].startsWith('</')
  const attributes: Attribute[] = []
  let position = at + opening[0].length
  // Neither `a < b` nor `<3` is a tag; `<>` and `</>` are JSX.
  if (name === '' && text[position] !== '>') return undefined
  let attributesEnd = position
  for (;;) {
    while (/[\s/]/.test(text[position] ?? '')) position++
    const next = text[position]
    if (next === undefined) return 'incomplete'
    if (next === '>') return { name, isClosing, attributes, from: at, to: position + 1, attributesEnd }
    const end = next === '{' ? skipExpression(text, position) : attributeAt(text, position, attributes)
    if (end === undefined) return undefined
    if (end === -1) return 'incomplete'
    position = attributesEnd = end
  }
}

/** The end of the `{…}` at `at`, skipping JavaScript strings and comments in it; -1 when it never ends. */
export function skipExpression(text: string, at: number): number {
  let depth = 0
  for (let position = at; position < text.length; position++) {
    const character = text[position] ?? ''
    if (character === '{') depth++
    else if (character === '}') {
      depth--
      if (depth === 0) return position + 1
    } else if (text.startsWith('/*', position)) {
      const end = text.indexOf('*/', position + 2)
      if (end === -1) return -1
      position = end + 1
    } else if (/["'`]/.test(character)) {
      const end = endOfString(text, position, character)
      if (end === -1) return -1
      position = end
    }
  }
  return -1
}

/** Adds the attribute at `at`. @returns its end; -1 when the text ends inside it; `undefined` when there is none */
function attributeAt(text: string, at: number, attributes: Attribute[]): number | undefined {
  const name = match(ATTRIBUTE_NAME, text, at)?.[0]
  if (name === undefined) return undefined
  let position = at + name.length
  let value: string | undefined
  const equals = match(EQUALS, text, position)
  if (equals) {
    position += equals[0].length
    const quote = text[position]
    if (quote === undefined) return -1
    if (quote === '"' || quote === "'") {
      const end = text.indexOf(quote, position + 1)
      if (end === -1) return -1
      value = decodeHTMLAttribute(text.slice(position + 1, end))
      position = end + 1
    } else if (quote === '{') {
      const end = skipExpression(text, position)
      if (end === -1) return -1
      value = /^\{\s*(["'])([^\\]*?)\1\s*\}$/.exec(text.slice(position, end))?.[2]
      position = end
    } else {
      const unquoted = match(UNQUOTED, text, position)?.[0]
      if (unquoted === undefined) return undefined
      value = decodeHTMLAttribute(unquoted)
      position += unquoted.length
    }
  } else value = ''
  attributes.push({ name: name.toLowerCase(), value, from: at, to: position })
  return position
}

function endOfString(text: string, at: number, quote: string): number {
  for (let position = at + 1; position < text.length; position++) {
    if (text[position] === '\\') position++
    else if (text[position] === quote) return position
  }
  return -1
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}
