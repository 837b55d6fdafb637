/** Characters one column wide on every terminal, among those that Easel prints. */
const NARROW = /^[\u0020-\u007e\u00a0-\u024f\u2010-\u2027\u2190-\u2193\u2260-\u2265✓✗]*$/

/** Pads every column to its widest cell, except the last. */
export async function columns(rows: readonly (readonly string[])[], gap = '  '): Promise<string[]> {
  const width = await widthOf(rows)
  const widths: number[] = []
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, width(cell))
  }
  return rows.map((row) =>
    row
      .map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - width(cell)))
      .join(gap)
      .trimEnd(),
  )
}

/** The library knows emoji and East Asian widths but takes 15 ms to load, so load it only for those. */
async function widthOf(rows: readonly (readonly string[])[]): Promise<(text: string) => number> {
  if (rows.every((row) => row.every((cell) => NARROW.test(cell)))) return (text) => text.length
  return (await import('string-width')).default
}
