import * as z from 'zod'
import { DEFAULT_MODEL } from '../shared/default-model.ts'
import { EaselError } from '../shared/errors.ts'
import { baseUrlHint } from '../shared/openrouter/base-url.ts'
import { DEFAULT_DEADLINE_MS, OPENROUTER_BASE_URL } from '../shared/openrouter/client.ts'
import { MAX_WIDTH } from '../shared/delivery-parameters.ts'
import { DEFAULT_WIDTHS } from '../shared/url/delivery.ts'
import { namedSecretsProblem, parseNamedSecrets } from '../shared/named-secrets.ts'
import type { SigningKey } from '../shared/url-signature.ts'

/** The variables and secrets that the Worker is configured with. */
export interface SettingsEnv {
  readonly OPENROUTER_API_KEY?: string
  readonly OPENROUTER_BASE_URL?: string
  readonly EASEL_ACCESS?: string
  readonly EASEL_TOKENS?: string
  readonly EASEL_SIGNING_KEYS?: string
  readonly EASEL_DEFAULT_MODEL?: string
  readonly EASEL_ALLOWED_MODELS?: string
  readonly EASEL_DAILY_BUDGET_USD?: string
  readonly EASEL_MONTHLY_BUDGET_USD?: string
  readonly EASEL_MAX_COST_USD?: string
  readonly EASEL_TOKEN_BUDGETS_USD?: string
  readonly EASEL_TIMEOUT_SECONDS?: string
  readonly EASEL_UNKNOWN_HOLD_SECONDS?: string
  readonly EASEL_ALERT_URL?: string
  readonly EASEL_ALERT_SECRET?: string
  readonly EASEL_WIDTHS?: string
  readonly EASEL_DAILY_VARIANTS?: string
  readonly EASEL_LOG_PROMPTS?: string
}

/** A named secret that gives every right. */
export interface Token {
  readonly name: string
  readonly token: string
}

export type AccessMode = 'signed' | 'private' | 'open' | 'listed'

/** The key that `npm start` gives the Worker with the emulator, and that no real provider takes. */
export const EMULATOR_KEY = 'sk-or-emulator'

/** Whether images come from the emulator: free, and not what a model would generate. */
export function isEmulated({ OPENROUTER_API_KEY: key }: Pick<SettingsEnv, 'OPENROUTER_API_KEY'>): boolean {
  return key === EMULATOR_KEY
}

/** {@link SettingsEnv}, checked and filled in. */
export interface Settings {
  readonly openRouter: { readonly apiKey: string; readonly baseUrl: string; readonly deadlineMs: number }
  /** Whether images come from the emulator. */
  readonly emulated: boolean
  readonly access: AccessMode
  readonly tokens: readonly Token[]
  /** The first signs; all verify. */
  readonly signingKeys: readonly SigningKey[]
  readonly defaultModel: string
  /** `author/slug` or `author/*`; empty for any. */
  readonly allowedModels: readonly string[]
  /** `Infinity` with the emulator, unless it is set. */
  readonly dailyBudgetUsd: number
  readonly monthlyBudgetUsd: number | undefined
  /** Limit of one generation. */
  readonly maxCostUsd: number
  /** Daily, by token name. A token without an entry shares the budget of all. */
  readonly tokenBudgetsUsd: ReadonlyMap<string, number>
  /** How long a fingerprint whose billing is unknown isn't generated again, milliseconds. */
  readonly unknownHoldMs: number
  /** Pixels, ascending: the widths that variants are made in. */
  readonly widths: readonly number[]
  /** How many variants are made in a day (UTC), of all images together. */
  readonly dailyVariants: number
  readonly logPrompts: boolean
}

/** A Durable Object's alarm runs for at most fifteen minutes, and needs time to store. */
const MAX_TIMEOUT_SECONDS = 780

/** About 128 images of the default model. */
const DEFAULT_DAILY_BUDGET_USD = 5

/** Ten minutes: long enough to stop reloads from paying again, short enough for an author to wait. */
const DEFAULT_UNKNOWN_HOLD_SECONDS = 600

/** A day. */
const MAX_UNKNOWN_HOLD_SECONDS = 86_400

/** As Standard Webhooks writes secrets: the base64 of 24 to 64 bytes. */
const ALERT_SECRET = /^whsec_(?=.{32,88}$)([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** Each is a transformation, which Cloudflare bills: enough for a growing site, and $1 a day when somebody plays. */
const DEFAULT_DAILY_VARIANTS = 2000

const usdAmount = z.number('must be an amount in USD').min(0, 'must not be negative')
const usd = z.coerce.number('must be an amount in USD').pipe(usdAmount)
/** Every variable and secret. docs/reference/environment.md is generated from it. */
export const settingsSchema = z.object({
  OPENROUTER_API_KEY: z
    .string('is missing: npx wrangler secret put OPENROUTER_API_KEY')
    .min(1, 'is empty')
    .describe('Secret. Your OpenRouter key.'),
  OPENROUTER_BASE_URL: z
    .url('must be a URL such as https://openrouter.ai/api/v1')
    .refine((url) => baseUrlHint(url) === undefined, { error: ({ input }) => baseUrlHint(String(input)) })
    .default(OPENROUTER_BASE_URL)
    .transform((url) => url.replace(/\/+$/, ''))
    .describe(
      'Another host gets `OPENROUTER_API_KEY` with requests for images. For lists of models, it gets the key only after a 401 or 403.',
    ),
  EASEL_ACCESS: z
    .enum(['signed', 'private', 'open', 'listed'], 'must be signed, private, open or listed')
    .default('signed')
    .describe('Who may see and generate images: `signed`, `private`, `listed` or `open`.'),
  EASEL_TOKENS: namedSecrets('name:token').describe(
    'Secret. Who may generate, list, purge and sign: `name:token`, separated by commas.',
  ),
  EASEL_SIGNING_KEYS: namedSecrets('kid:secret').describe(
    'Secret. What signs URLs: `kid:secret`, separated by commas. The first signs, all verify.',
  ),
  EASEL_DEFAULT_MODEL: z.string().default(DEFAULT_MODEL).describe('The model of requests without `model`.'),
  EASEL_ALLOWED_MODELS: z
    .string()
    .default('')
    .transform(commaList)
    .describe('Models that may be used: `google/*,recraft/recraft-v3`. Default: all.'),
  EASEL_DAILY_BUDGET_USD: optional(usd).describe(
    'For all images of a day, UTC. Default: 5; unlimited with the emulator.',
  ),
  EASEL_MONTHLY_BUDGET_USD: optional(usd).describe(
    'For all images of a calendar month, UTC. Default: unlimited.',
  ),
  EASEL_MAX_COST_USD: usd
    .default(1)
    .describe(
      'For one generation: all images of a request together (`n`). Also what is reserved when the price is unknown.',
    ),
  EASEL_TOKEN_BUDGETS_USD: z
    .string()
    .default('')
    .transform((text) => new Map(parseNamedSecrets(text)))
    .pipe(z.map(z.string(), z.string().transform(Number).pipe(usdAmount)))
    .describe('For a day and a token: `docs:2,ci:1`. Default: a token shares the budget of all.'),
  EASEL_TIMEOUT_SECONDS: z.coerce
    .number('must be a number of seconds')
    .min(1, 'must be 1 or more')
    .max(MAX_TIMEOUT_SECONDS, `must be at most ${MAX_TIMEOUT_SECONDS}`)
    .default(DEFAULT_DEADLINE_MS / 1000)
    .describe('For one generation, retries included. At most 780.'),
  EASEL_UNKNOWN_HOLD_SECONDS: z.coerce
    .number('must be a number of seconds')
    .min(0, 'must not be negative')
    .max(MAX_UNKNOWN_HOLD_SECONDS, `must be at most ${MAX_UNKNOWN_HOLD_SECONDS}`)
    .default(DEFAULT_UNKNOWN_HOLD_SECONDS)
    .describe('How long an image isn’t generated again after `billing_unknown`.'),
  // The budget's object reads these two itself.
  EASEL_ALERT_URL: optional(
    z.url({ protocol: /^https?$/, error: 'must be a URL such as https://example.com/alerts' }),
  ).describe('Gets a `POST` when spending reaches 50, 80 and 100 % of a budget.'),
  EASEL_ALERT_SECRET: optional(
    z.string().regex(ALERT_SECRET, 'must be whsec_ and the base64 of 24 to 64 random bytes'),
  ).describe(
    'Secret. Signs those requests per Standard Webhooks: `whsec_` and the base64 of 24 to 64 random bytes. Required with `EASEL_ALERT_URL`.',
  ),
  EASEL_WIDTHS: z
    .string()
    .default('')
    .transform((text): readonly number[] => (text ? commaList(text).map(Number) : DEFAULT_WIDTHS))
    .refine(
      (widths) =>
        widths.length > 0 &&
        widths.every((width) => Number.isInteger(width) && width >= 1 && width <= MAX_WIDTH),
      `must be whole numbers of pixels from 1 to ${MAX_WIDTH}, separated by commas`,
    )
    .transform((widths) => Array.from(new Set(widths)).toSorted((a, b) => a - b))
    .describe('The widths that `w` is rounded up to, in pixels: `320,640,1200`.'),
  EASEL_DAILY_VARIANTS: optional(
    z.coerce
      .number('must be a number of variants')
      .int('must be a whole number')
      .min(0, 'must not be negative'),
  )
    .default(DEFAULT_DAILY_VARIANTS)
    .describe('Other sizes and formats that are made in a day, UTC. After that, originals are served.'),
  EASEL_LOG_PROMPTS: z
    .stringbool('must be true or false')
    .default(false)
    .describe('`true` writes prompts to the log.'),
})

/**
 * @throws {EaselError} `misconfigured`, naming every variable that is missing or wrong, and none of their values
 */
export function readSettings(env: SettingsEnv): Settings {
  const { data, error } = settingsSchema.safeParse(env)
  const wrong = error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ?? []
  const needsCredentials = env.EASEL_ACCESS !== 'open'
  if (needsCredentials && !env.EASEL_TOKENS)
    wrong.push('EASEL_TOKENS is missing: npx wrangler secret put EASEL_TOKENS')
  if (needsCredentials && !env.EASEL_SIGNING_KEYS) {
    wrong.push('EASEL_SIGNING_KEYS is missing: npx wrangler secret put EASEL_SIGNING_KEYS')
  }
  if (data) wrong.push(...contradictions(data))
  if (!data || wrong.length > 0) {
    throw new EaselError('misconfigured', `Easel is not set up yet. ${wrong.join('. ')}.`)
  }
  const emulated = isEmulated(env)
  return {
    openRouter: {
      apiKey: data.OPENROUTER_API_KEY,
      baseUrl: data.OPENROUTER_BASE_URL,
      deadlineMs: data.EASEL_TIMEOUT_SECONDS * 1000,
    },
    emulated,
    access: data.EASEL_ACCESS,
    tokens: data.EASEL_TOKENS.map(([name, token]) => ({ name, token })),
    signingKeys: data.EASEL_SIGNING_KEYS.map(([kid, secret]) => ({ kid, secret })),
    defaultModel: data.EASEL_DEFAULT_MODEL,
    allowedModels: data.EASEL_ALLOWED_MODELS,
    dailyBudgetUsd: data.EASEL_DAILY_BUDGET_USD ?? (emulated ? Infinity : DEFAULT_DAILY_BUDGET_USD),
    monthlyBudgetUsd: data.EASEL_MONTHLY_BUDGET_USD,
    maxCostUsd: data.EASEL_MAX_COST_USD,
    tokenBudgetsUsd: data.EASEL_TOKEN_BUDGETS_USD,
    unknownHoldMs: data.EASEL_UNKNOWN_HOLD_SECONDS * 1000,
    widths: data.EASEL_WIDTHS,
    dailyVariants: data.EASEL_DAILY_VARIANTS,
    logPrompts: data.EASEL_LOG_PROMPTS,
  }
}

/** What is wrong with variables that are right by themselves. Names of tokens are no secrets. */
function contradictions({
  EASEL_TOKENS: tokens,
  EASEL_TOKEN_BUDGETS_USD: budgets,
  EASEL_ALERT_URL: url,
  EASEL_ALERT_SECRET: secret,
}: z.output<typeof settingsSchema>): string[] {
  const known = new Set(tokens.map(([name]) => name))
  const unknown = Array.from(budgets.keys()).filter((name) => !known.has(name))
  return [
    ...unknown.map((name) => `EASEL_TOKEN_BUDGETS_USD names ${name}, which is not a token in EASEL_TOKENS`),
    ...(url && !secret ? ['EASEL_ALERT_SECRET is missing, which signs what EASEL_ALERT_URL receives'] : []),
  ]
}

/** Absent when the variable isn't set, or is empty. */
function optional<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess((value) => (value === '' ? undefined : value), schema.optional())
}

/** `name:secret,name:secret`. */
function namedSecrets(form: string) {
  return z
    .string()
    .default('')
    .transform(parseNamedSecrets)
    .superRefine((pairs, context) => {
      const problem = namedSecretsProblem(pairs, form)
      if (problem !== undefined) context.addIssue(problem)
    })
}

function commaList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}
