import { getInput } from '@actions/core'
import * as z from 'zod'
import { OPENROUTER_BASE_URL } from '../../shared/openrouter/http.ts'
import { normaliseBaseUrl } from '../config/base-url.ts'
import { UsageError } from '../config/diagnostic.ts'

const DELIVERIES = ['commit', 'pull-request', 'artifact', 'none'] as const
const CONTRADICTIONS = [
  ['commit', 'pull-request'],
  ['none', 'commit'],
  ['none', 'pull-request'],
  ['none', 'artifact'],
] as const
const CONCURRENCY_MAX = 64

/** GitHub's maximum, for private repositories. */
const RETENTION_DAYS_MAX = 400

/** A day: no job on GitHub's runners takes longer. */
const DELIVER_EVERY_MAX_MINUTES = 1440

const text = z.string().optional()
const branch = text.transform((name) => name?.replace(/^refs\/heads\//, ''))
const list = z
  .string()
  .default('')
  .transform((value) => value.split(/[,\n]/).map((part) => part.trim()))
  .transform((parts) => parts.filter(Boolean))
/** YAML 1.2 booleans, as in GitHub's own `getBooleanInput`. */
const flag = z
  .string()
  .regex(/^(true|True|TRUE|false|False|FALSE)$/, 'use true or false')
  .transform((value) => /^t/i.test(value))

/** The defaults of `action.yml` stand here as well, because a workflow may pass an empty string. */
const schema = z.object({
  openrouterApiKey: text,
  baseUrl: z.string().default(OPENROUTER_BASE_URL),
  config: text,
  /** Relative to the workspace; absent: the workspace itself. */
  workingDirectory: text,
  mode: choice(['generate', 'plan', 'check']).default('generate'),
  only: list,
  force: flag.default(false),
  maxImages: wholeNumber(0, 1_000_000).optional(),
  maxCostUsd: numberIn(0, Infinity, 'an amount in USD, such as 0.50').optional(),
  concurrency: wholeNumber(1, CONCURRENCY_MAX).default(4),
  onError: choice(['fail', 'keep-going']).default('fail'),
  onDrift: choice(['keep', 'regenerate', 'fail']).default('keep'),
  onAliasChange: choice(['keep', 'regenerate']).default('keep'),
  prune: flag.default(false),
  /** Empty: what suits the event. */
  deliver: list.pipe(z.array(choice(DELIVERIES))).superRefine(refuseContradictions),
  /** Minutes; 0: only at the end. */
  deliverEvery: numberIn(
    0,
    DELIVER_EVERY_MAX_MINUTES,
    `a number of minutes from 0 to ${DELIVER_EVERY_MAX_MINUTES}`,
  ).default(10),
  branch,
  base: branch,
  commitMessage: text,
  comment: flag.default(false),
  retentionDays: wholeNumber(1, RETENTION_DAYS_MAX).optional(),
  githubToken: text,
})

/** The inputs under `with:` in a workflow, by their names in camel case. */
export type ActionInputs = z.infer<typeof schema>

/**
 * Reads and validates all inputs. An empty one means its default.
 *
 * @param valueOf  the value of an input
 * @throws {UsageError} naming each invalid input, its value and what is accepted
 */
export function readInputs(valueOf: (name: string) => string | undefined = getInput): ActionInputs {
  const values = Object.keys(schema.shape).map((key) => [key, valueOf(inputName(key)) || undefined] as const)
  const given = Object.fromEntries(values)
  const { data, error } = schema.safeParse(given)
  if (data) return { ...data, baseUrl: normaliseBaseUrl(data.baseUrl) }
  const problems = error.issues.map(({ path: [key], message }) => {
    const name = String(key)
    return `The input ${inputName(name)} is ${JSON.stringify(given[name])}: ${message}.`
  })
  throw new UsageError(problems.join(' '))
}

/** `maxCostUsd` → `max-cost-usd` */
function inputName(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

function choice<const T extends readonly string[]>(accepted: T) {
  return z.enum(accepted, `use ${accepted.join(', ')}`)
}

function wholeNumber(min: number, max: number) {
  return numberIn(min, max, `a whole number from ${min} to ${max}`, /^\d+$/)
}

function numberIn(min: number, max: number, what: string, form = /^\$?\d+(\.\d+)?$/) {
  const message = `it must be ${what}`
  return z
    .string()
    .regex(form, message)
    .transform((value) => Number(value.replace('$', '')))
    .pipe(z.number().min(min, message).max(max, message))
}

function refuseContradictions(found: readonly (typeof DELIVERIES)[number][], context: z.RefinementCtx): void {
  for (const [one, other] of CONTRADICTIONS) {
    if (found.includes(one) && found.includes(other))
      context.addIssue(`${one} and ${other} can’t be combined`)
  }
}
