/** The value of a spec's field as text; what isn't a word or a number, as JSON. */
export function textOf(value: unknown, otherwise = ''): string {
  if (value === undefined || value === null) return otherwise
  if (typeof value === 'string') return value
  return typeof value === 'number' ? String(value) : JSON.stringify(value)
}
