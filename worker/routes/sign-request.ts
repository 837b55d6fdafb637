import * as z from 'zod'
import { MAX_EXPIRES_IN_SECONDS } from '../../shared/url-signature.ts'

const WEEK_SECONDS = 604_800

/** Body of `POST /v1/sign`; the spec is checked by itself, for better sentences. */
export const signRequest = z.strictObject({
  spec: z.unknown().refine((value) => value !== undefined, 'must be a spec'),
  // Their values are checked where delivery is, against the configured widths.
  delivery: z
    .strictObject({ w: z.int(), format: z.string(), q: z.int(), index: z.int() })
    .partial()
    .default({})
    .meta({ description: 'How the image is to be delivered, signed with it.' }),
  expires_in: z.int().min(1).max(MAX_EXPIRES_IN_SECONDS).default(WEEK_SECONDS),
})
