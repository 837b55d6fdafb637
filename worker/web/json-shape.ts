/** Deeper than any request that makes sense. */
const MAX_DEPTH = 32

/**
 * Values in one body. Many small values take far more memory than their text: a megabyte of `{},` takes twenty once it
 * is parsed.
 */
const MAX_VALUES = 10_000

/**
 * Why a text is too complex to be parsed, as a sentence; `undefined` when it isn't. Looks at brackets and commas
 * outside strings only, so the text need not be valid JSON.
 */
export function shapeProblem(json: string): string | undefined {
  let depth = 0
  let values = 1
  for (let at = 0; at < json.length; at++) {
    const character = json[at]
    if (character === '"') {
      at = endOfString(json, at) - 1
    } else if (character === '{' || character === '[') {
      depth++
      values++
      if (depth > MAX_DEPTH) return `The body is nested too deeply: at most ${MAX_DEPTH} levels are accepted.`
    } else if (character === '}' || character === ']') {
      depth--
    } else if (character === ',') {
      values++
    }
    if (values > MAX_VALUES) return `The body holds too many values: at most ${MAX_VALUES} are accepted.`
  }
  return undefined
}

/** Index after the closing quote of the string that begins at `start`; the end of the text when there is none. */
export function endOfString(json: string, start: number): number {
  for (let at = json.indexOf('"', start + 1); at >= 0; at = json.indexOf('"', at + 1)) {
    let backslashes = 0
    while (json[at - 1 - backslashes] === '\\') backslashes++
    if (backslashes % 2 === 0) return at + 1
  }
  return json.length
}
