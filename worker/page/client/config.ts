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
