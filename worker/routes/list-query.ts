import * as z from 'zod'
import { LIST_LIMIT_DEFAULT, LIST_LIMIT_MAX, LIST_WORDS_MAX_CHARACTERS } from '../gallery/list-limits.ts'
import { type ListedImage, type ListQuery, parseListCursor } from '../gallery/list.ts'
import { imagePath } from '../gallery/manifest.ts'
import { parseQuery } from './parse-query.ts'

const listQuery = z.strictObject({
  cursor: z
    .string()
    .transform(parseListCursor)
    .refine((cursor) => cursor !== undefined, 'is not from a page of this list: start without one')
    .optional(),
  model: z.string().min(1, 'must be the id of a model').max(200, 'is too long for a model').optional(),
  q: z
    .string()
    .max(LIST_WORDS_MAX_CHARACTERS, `must be at most ${LIST_WORDS_MAX_CHARACTERS} characters`)
    .optional(),
  limit: z.coerce
    .number(`must be a whole number from 1 to ${LIST_LIMIT_MAX}`)
    .int(`must be a whole number from 1 to ${LIST_LIMIT_MAX}`)
    .min(1, `must be a whole number from 1 to ${LIST_LIMIT_MAX}`)
    .max(LIST_LIMIT_MAX, `must be a whole number from 1 to ${LIST_LIMIT_MAX}`)
    .default(LIST_LIMIT_DEFAULT),
})

/**
 * The query of `GET /v1/images`.
 *
 * @throws {InvalidSpecError} naming the parameter
 */
export function parseListQuery(query: URLSearchParams): ListQuery {
  const { cursor, limit, model, q = '' } = parseQuery(query, listQuery)
  return { cursor, limit, model, words: q.split(/\s+/).filter((word) => word !== '') }
}

/** An image of the list, as the API says it. */
export function listedImage(image: ListedImage, base: string) {
  const { fingerprint, prompt, model, costUsd, created, width, height, byteLength, mediaType, thumbhash } =
    image
  return {
    fingerprint,
    url: new URL(imagePath(fingerprint, 0, mediaType), base).href,
    prompt,
    model,
    cost_usd: costUsd,
    created: created.toISOString(),
    width,
    height,
    bytes: byteLength,
    media_type: mediaType,
    thumbhash,
  }
}
