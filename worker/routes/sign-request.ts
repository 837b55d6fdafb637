import * as z from 'zod'
import { DEFAULT_EXPIRES_IN_SECONDS, MAX_EXPIRES_IN_SECONDS } from '../../shared/url/sign.ts'

/** Body of `POST /v1/sign`. The spec is checked separately, for better sentences. */
export const signRequest = z.strictObject({
  spec: z.unknown().refine((value) => value !== undefined, 'must be a spec'),
  // Their values are checked where the URL is signed.
  delivery: z
    .strictObject({
      w: z.int(),
      h: z.int(),
      fit: z.string(),
      gravity: z.string(),
      format: z.string(),
      q: z.int(),
      index: z.int(),
    })
    .partial()
    .default({})
    .meta({ description: 'How the image is delivered; signed with the URL.' }),
  expires_in: z.int().min(1).max(MAX_EXPIRES_IN_SECONDS).default(DEFAULT_EXPIRES_IN_SECONDS),
})
