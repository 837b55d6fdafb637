/** `$0.039`: enough digits to tell the prices of images apart. */
export function usd(value: number | undefined): string {
  if (value === undefined) return 'unknown price'
  if (value === 0) return '$0'
  return `$${value.toFixed(value < 0.01 ? 4 : value < 1 ? 3 : 2)}`
}

export function bytes(value: number): string {
  if (value < 1000) return `${value} B`
  if (value < 1_000_000) return `${Math.round(value / 1000)} kB`
  return `${(value / 1_000_000).toFixed(1)} MB`
}

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
