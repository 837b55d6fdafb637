/**
 * The first key that an object of the document names twice. `JSON.parse` would take the last one, and whoever
 * wrote the first one meant it.
 *
 * @param json  valid JSON: it has been parsed
 */
export function duplicateKey(json: string): string | undefined {
  /** Keys of each object that is open; `undefined` for an array. */
  const open: (Set<string> | undefined)[] = []
  let isKey = false
  for (let at = 0; at < json.length; at++) {
    const character = json[at]
    if (character === '"') {
      const end = endOfString(json, at)
      if (isKey) {
        const key = JSON.parse(json.slice(at, end)) as string
        if (open.at(-1)?.has(key)) return key
        open.at(-1)?.add(key)
      }
      isKey = false
      at = end - 1
    } else if (character === '{') {
      open.push(new Set())
      isKey = true
    } else if (character === '[') {
      open.push(undefined)
      isKey = false
    } else if (character === '}' || character === ']') {
      open.pop()
      isKey = false
    } else if (character === ',') {
      isKey = open.at(-1) !== undefined
    }
  }
  return undefined
}

/** Index after the closing quote of the string that begins at `start`. */
function endOfString(json: string, start: number): number {
  for (let at = json.indexOf('"', start + 1); ; at = json.indexOf('"', at + 1)) {
    let backslashes = 0
    while (json[at - 1 - backslashes] === '\\') backslashes++
    if (backslashes % 2 === 0) return at + 1
  }
}
