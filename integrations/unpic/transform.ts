import { imageUrl } from '../../shared/url/index.ts'
import { deliveryOf, type Operations } from '../operations.ts'

/** Options of the transformer. */
export interface EaselOptions {
  /** The Worker's address, such as `https://img.example.com`; empty for the page's own origin. */
  readonly base?: string | URL | undefined
}

/**
 * A transformer for unpic.
 *
 * @param src         a prompt, or an image's path or URL at the Worker. Other paths and URLs are returned as they are
 * @param operations  `width`, `height`, `quality`, `format`, and also `fit` and `gravity`
 */
export function transform(
  src: string | URL,
  operations: Operations = {},
  { base = '' }: EaselOptions = {},
): string {
  return imageUrl(base, String(src), deliveryOf(operations))
}

/** The same for one Worker, where a component takes no options. */
export function createTransformer(
  base: string | URL,
): (src: string | URL, operations?: Operations) => string {
  return (src, operations) => transform(src, operations, { base })
}
