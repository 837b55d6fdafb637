/** What the server tells the script, in `data-config`. */
export interface PageConfig {
  readonly mode: 'signed' | 'private' | 'open' | 'listed'
  readonly isEmulated: boolean
  readonly defaultModel: string
  /** Pixels, ascending: the widths that variants are made in. */
  readonly widths: readonly number[]
  /** Empty for any. */
  readonly allowedModels: readonly string[]
}

export const config = JSON.parse(document.body.dataset['config'] ?? '{}') as PageConfig

/** `$0.04`, `$0.0039`, `$12.50`: two digits that say something. */
export function usd(amount: number): string {
  if (amount === 0) return '$0'
  const digits = amount >= 0.01 ? 2 : Math.min(6, 1 - Math.floor(Math.log10(amount)))
  return `$${amount.toFixed(digits)}`
}

/** `1.4 MB`. */
export function bytes(count: number): string {
  if (count < 1000) return `${count} B`
  const [size, unit] = count < 1e6 ? [count / 1000, 'kB'] : [count / 1e6, 'MB']
  return `${size.toFixed(size < 10 ? 1 : 0)} ${unit}`
}
