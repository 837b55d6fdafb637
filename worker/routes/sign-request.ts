import * as z from 'zod'
import { MAX_EXPIRES_IN_SECONDS } from '../../shared/url-signature.ts'

const WEEK_SECONDS = 604_800

/** Body of `POST /v1/sign`; the spec is checked by itself, for better sentences. */
export const signRequest = z.strictObject({
  spec: z.unknown().refine((value) => value !== undefined, 'must be a spec'),
  expires_in: z.int().min(1).max(MAX_EXPIRES_IN_SECONDS).default(WEEK_SECONDS),
})
