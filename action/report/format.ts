export function seconds(ms: number): string {
  return ms < 60_000
    ? `${(ms / 1000).toFixed(1)} s`
    : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
}

/** `1 image`, `2 images`. */
export function count(value: number, one: string, many = `${one}s`): string {
  return `${value} ${value === 1 ? one : many}`
}

/** The pronoun for a number of things. */
export function itOrThem({ length }: readonly unknown[]): 'it' | 'them' {
  return length === 1 ? 'it' : 'them'
}
