import { z } from 'zod'
import { EaselError } from '../shared/errors.ts'
import { DEFAULT_DEADLINE_MS, OPENROUTER_BASE_URL } from '../shared/openrouter/client.ts'

/** What wrangler.toml, its secrets and the dashboard give the Worker. */
export interface Env {
  readonly BUCKET: R2Bucket
  readonly OPENROUTER_API_KEY?: string
  readonly OPENROUTER_BASE_URL?: string
  readonly EASEL_ACCESS?: string
  readonly EASEL_DEFAULT_MODEL?: string
  readonly EASEL_TIMEOUT_SECONDS?: string
}

/** Cheap, quick and good: what a picture is drawn with when nobody names a model. */
const DEFAULT_MODEL = 'google/gemini-2.5-flash-image'

/** A Durable Object's alarm may run for fifteen minutes. */
const MAX_TIMEOUT_SECONDS = 840

const settingsSchema = z.object({
  OPENROUTER_API_KEY: z.string().min(1, 'set it with `wrangler secret put OPENROUTER_API_KEY`'),
  OPENROUTER_BASE_URL: z
    .url('must be a URL such as https://openrouter.ai/api/v1')
    .default(OPENROUTER_BASE_URL)
    .transform((url) => url.replace(/\/+$/, '')),
  EASEL_ACCESS: z.literal('open', 'must be open'),
  EASEL_DEFAULT_MODEL: z.string().default(DEFAULT_MODEL),
  EASEL_TIMEOUT_SECONDS: z.coerce
    .number('must be a number of seconds')
    .min(1, 'must be 1 or more')
    .max(MAX_TIMEOUT_SECONDS, `must be at most ${MAX_TIMEOUT_SECONDS}`)
    .default(DEFAULT_DEADLINE_MS / 1000),
})

/** {@link Env} without the bindings, checked and filled in. */
export interface Settings {
  readonly openRouter: { readonly apiKey: string; readonly baseUrl: string; readonly deadlineMs: number }
  readonly defaultModel: string
}

/**
 * @throws {EaselError} `misconfigured`, naming every variable that is missing or wrong
 */
export function readSettings(env: Env): Settings {
  const { data, error } = settingsSchema.safeParse(env)
  if (error) {
    const wrong = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw new EaselError('misconfigured', `Easel is not set up yet. ${wrong.join('. ')}.`)
  }
  return {
    openRouter: {
      apiKey: data.OPENROUTER_API_KEY,
      baseUrl: data.OPENROUTER_BASE_URL,
      deadlineMs: data.EASEL_TIMEOUT_SECONDS * 1000,
    },
    defaultModel: data.EASEL_DEFAULT_MODEL,
  }
}
