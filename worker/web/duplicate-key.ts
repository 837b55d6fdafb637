import { endOfString } from './json-shape.ts'

/**
 * The first key that an object of the document holds twice. `JSON.parse` would silently take the last one.
 *
 * @param json  valid JSON
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
