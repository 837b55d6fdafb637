/** `$0.067`, `$0.04`, `$0.0039`, `$12.50`, `$1,234.50`: enough digits to tell the prices of images apart. */
export function formatUsd(amount: number | undefined): string {
  if (amount === undefined) return 'unknown price'
  if (amount === 0) return '$0'
  const digits = amount >= 1 ? 2 : amount >= 0.01 ? 3 : Math.min(6, 1 - Math.floor(Math.log10(amount)))
  return `$${amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: digits })}`
}

/** `640 B`, `1.4 MB`, `12 MB`. */
export function formatBytes(count: number): string {
  if (count < 1000) return `${count} B`
  const [size, unit] = count < 1e6 ? [count / 1000, 'kB'] : [count / 1e6, 'MB']
  return `${Number(size.toFixed(size < 10 ? 1 : 0))} ${unit}`
}
