import type { Finished } from './processes.ts'

/** Similar images for a config. */
export function images(count: number, extra: object = {}): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, index) => ({
    path: `img/${index}.png`,
    prompt: `Image number ${index}`,
    ...extra,
  }))
}

/** The part of `--json` that tests read. */
interface JsonReport {
  readonly images: {
    readonly path: string
    readonly outcome: string
    readonly error?: { readonly code: string; readonly message: string }
    readonly rescued_to?: string
    readonly may_have_been_billed?: true
  }[]
  readonly totals: Record<string, number>
}

export function report({ stdout }: Finished): JsonReport {
  return JSON.parse(stdout)
}

export function outcomes(finished: Finished): string[] {
  return report(finished).images.map(({ outcome }) => outcome)
}
