const FEW = 10

/** The first of some names, for a sentence, and how many more there are. */
export function few(names: readonly string[]): string {
  const more = names.length - FEW
  return more > 0 ? `${names.slice(0, FEW).join(', ')} … and ${more} more` : names.join(', ')
}

/** What a person wrote, for a sentence: an empty text would not be seen. */
export function shown(written: string): string {
  return written === '' ? '""' : written
}
