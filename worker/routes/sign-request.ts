import * as z from 'zod'
import { DEFAULT_EXPIRES_IN_SECONDS, MAX_EXPIRES_IN_SECONDS } from '../../shared/url/sign.ts'

/** Body of `POST /v1/sign`, with `spec` or `url`. The spec is checked separately, for better sentences. */
export const signRequest = z.strictObject({
  spec: z.unknown().optional(),
  url: z.url().optional().meta({
    description:
      'Instead of `spec`: an image of this Worker by its address, with its delivery parameters. In `private` mode, whoever has the signed URL may see it.',
  }),
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
    .optional()
    .meta({ description: 'How the image of `spec` is delivered; signed with the URL.' }),
  expires_in: z.int().min(1).max(MAX_EXPIRES_IN_SECONDS).default(DEFAULT_EXPIRES_IN_SECONDS),
})
