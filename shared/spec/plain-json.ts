/** Deeper than any provider's field, far shallower than what a recursion bears. */
export const JSON_MAX_DEPTH = 16

/**
 * Whether a value is JSON that reads the same to everyone: finite numbers, well-formed text, no deeper than
 * {@link JSON_MAX_DEPTH}, and no key that JavaScript gives a meaning of its own.
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
