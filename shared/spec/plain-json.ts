/** Deeper than any provider's field, and far shallower than the stack allows. */
export const JSON_MAX_DEPTH = 16

/**
 * Whether a value is JSON that every parser reads the same way: finite numbers, well-formed text, at most
 * {@link JSON_MAX_DEPTH} levels, and no `__proto__` key.
 */
export function isPlainJson(value: unknown, depth = 0): boolean {
  if (value === null || typeof value === 'boolean') return true
  if (typeof value === 'string') return value.isWellFormed()
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || depth === JSON_MAX_DEPTH) return false
  if (Array.isArray(value)) return value.every((item) => isPlainJson(item, depth + 1))
  return Object.entries(value).every(([key, item]) => isPlainKey(key) && isPlainJson(item, depth + 1))
}

function isPlainKey(key: string): boolean {
  return key.isWellFormed() && key !== '__proto__'
}
