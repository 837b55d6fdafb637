import { UpstreamError } from '../errors.ts'

/** What is known of a generation that brought no image. */
export interface Billing {
  readonly generationId?: string | undefined
  readonly billedUsd?: number | undefined
}

/** Enough of the model's words to see why it generated nothing. */
export const QUOTED_TEXT_MAX_CHARACTERS = 300

/**
 * No image arrived, and nobody can tell whether it was billed.
 *
 * @param what  what happened: a sentence without its full stop
 */
export function billingUnknown(
  what: string,
  options: { readonly cause?: unknown; readonly upstreamStatus?: number } = {},
): UpstreamError {
  return new UpstreamError(
    'billing_unknown',
    `${what}. The image may have been billed, so Easel did not retry. Check your activity at OpenRouter before you request it again.`,
    options,
  )
}

/** The response is complete, and its images are broken. */
export function invalidImages(problems: readonly string[], billing: Billing): UpstreamError {
  return new UpstreamError(
    'upstream_invalid',
    `OpenRouter’s response holds no usable image. ${problems.join(' ')} ${billed(billing)} Request it again, or try another model.`,
    billing,
  )
}

/** The response is complete, without an image. */
export function noImage(words: string, billing: Billing): UpstreamError {
  const text = words.trim().replaceAll(/\s+/g, ' ')
  const quoted =
    text.length > QUOTED_TEXT_MAX_CHARACTERS ? `${text.slice(0, QUOTED_TEXT_MAX_CHARACTERS)}…` : text
  const reason = quoted ? `It said: “${quoted}”` : 'It said nothing.'
  return new UpstreamError(
    'no_image',
    `The model responded without an image. ${reason} ${billed(billing)} Change the prompt, or try another model.`,
    billing,
  )
}

function billed({ billedUsd }: Billing): string {
  return billedUsd === undefined ? 'OpenRouter bills such responses.' : `OpenRouter billed $${billedUsd}.`
}
