import type { Context } from 'hono'
import { notFound } from '../web/not-found.ts'
import { openAiErrorResponse } from './error.ts'

/** Where OpenAI's and OpenRouter's clients send requests for images, below their base URL. */
const THEIR_PATHS = /\/(?:images\/(?:generations|edits)|chat\/completions)$/

/**
 * Names the base URLs there are, in the form that such clients show; `undefined` for any other request. That a part of
 * the base URL is missing is the commonest mistake with them.
 */
export function answerWrongBase({ req }: Pick<Context, 'req'>): Response | undefined {
  if (req.method !== 'POST' || !THEIR_PATHS.test(req.path)) return undefined
  const { origin } = new URL(req.url)
  return openAiErrorResponse(
    notFound(
      `There is nothing at ${req.path}. Set your client's base URL to ${origin}/openai/v1 for OpenAI's images API, or to ${origin}/api/v1 for OpenRouter's API.`,
    ),
  )
}
