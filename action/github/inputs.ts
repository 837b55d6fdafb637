import { getInput as getRawInput } from '@actions/core'
import { OPENROUTER_BASE_URL } from '../../shared/openrouter/http.ts'
import { normaliseBaseUrl } from '../config/base-url.ts'
import { UsageError } from '../config/diagnostic.ts'
import type { OnAliasChange } from '../plan/alias-change.ts'
import type { OnDrift } from '../plan/plan.ts'

const MODES = ['generate', 'plan', 'check'] as const
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

/** The defaults of `action.yml`. They stand here as well, because a workflow may pass an empty string. */
export const DEFAULTS: Readonly<Record<string, string>> = {
  'base-url': OPENROUTER_BASE_URL,
  mode: 'generate',
  'deliver-every': '10',
  force: 'false',
  concurrency: '4',
  'on-error': 'fail',
  'on-drift': 'keep',
  'on-alias-change': 'keep',
  prune: 'false',
  comment: 'false',
}

/** The inputs under `with:` in a workflow. */
export interface ActionInputs {
  readonly apiKey: string | undefined
  readonly baseUrl: string
  readonly config: string | undefined
  /** Relative to the workspace; absent: the workspace itself. */
  readonly workingDirectory: string | undefined
  readonly mode: (typeof MODES)[number]
  readonly only: readonly string[]
  readonly force: boolean
  readonly maxImages: number | undefined
  readonly maxCostUsd: number | undefined
  readonly concurrency: number
  readonly onError: 'fail' | 'keep-going'
  readonly onDrift: OnDrift
  readonly onAliasChange: OnAliasChange
  readonly prune: boolean
  /** Empty: what suits the event. */
  readonly deliver: readonly (typeof DELIVERIES)[number][]
  /** Minutes; 0: only at the end. */
  readonly deliverEvery: number
  readonly branch: string | undefined
  readonly base: string | undefined
  readonly commitMessage: string | undefined
  readonly comment: boolean
  readonly retentionDays: number | undefined
  readonly githubToken: string | undefined
}

/**
 * Reads and validates all inputs.
 *
 * @throws {UsageError} naming each invalid input, its value and what is accepted
 */
export function readInputs(): ActionInputs {
  const problems: string[] = []
  const attempt = <T>(read: () => T, fallback: T): T => {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      problems.push(error.message)
      return fallback
    }
  }

  const inputs: ActionInputs = {
    apiKey: optional('openrouter-api-key'),
    baseUrl: attempt(() => normaliseBaseUrl(getInput('base-url')), ''),
    config: optional('config'),
    workingDirectory: optional('working-directory'),
    mode: attempt(() => choice('mode', MODES), 'plan'),
    only: list('only'),
    force: attempt(() => flag('force'), false),
    maxImages: attempt(() => wholeNumber('max-images', 0, 1_000_000), undefined),
    maxCostUsd: attempt(() => usd('max-cost-usd'), undefined),
    concurrency: attempt(() => wholeNumber('concurrency', 1, CONCURRENCY_MAX), undefined) ?? 1,
    onError: attempt(() => choice('on-error', ['fail', 'keep-going']), 'fail'),
    onDrift: attempt(() => choice('on-drift', ['keep', 'regenerate', 'fail']), 'keep'),
    onAliasChange: attempt(() => choice('on-alias-change', ['keep', 'regenerate']), 'keep'),
    prune: attempt(() => flag('prune'), false),
    deliver: attempt(deliveries, []),
    deliverEvery: attempt(() => minutes('deliver-every'), 0),
    branch: optional('branch'),
    base: optional('base'),
    commitMessage: optional('commit-message'),
    comment: attempt(() => flag('comment'), false),
    retentionDays: attempt(() => wholeNumber('retention-days', 1, RETENTION_DAYS_MAX), undefined),
    githubToken: optional('github-token'),
  }
  if (problems.length > 0) throw new UsageError(problems.join(' '))
  return inputs
}

function deliveries(): ActionInputs['deliver'] {
  const wanted = list('deliver')
  const found = DELIVERIES.filter((known) => wanted.includes(known))
  const unknown = wanted.filter((one) => !found.some((known) => known === one))
  if (unknown.length > 0) throw invalid('deliver', unknown.join(', '), `use ${DELIVERIES.join(', ')}`)
  for (const [one, other] of CONTRADICTIONS) {
    if (found.includes(one) && found.includes(other)) {
      throw invalid('deliver', wanted.join(', '), `${one} and ${other} can’t be combined`)
    }
  }
  return found
}

/** An empty input means its default. */
function getInput(name: string): string {
  return getRawInput(name) || (DEFAULTS[name] ?? '')
}

function optional(name: string): string | undefined {
  return getInput(name) || undefined
}

function list(name: string): string[] {
  return getInput(name)
    .split(/[,\n]/)
    .map((part) => part.trim())
    .filter(Boolean)
}

function choice<T extends string>(name: string, accepted: readonly T[]): T {
  const value = getInput(name)
  const found = accepted.find((one) => one === value)
  if (found === undefined) throw invalid(name, value, `use ${accepted.join(', ')}`)
  return found
}

/** YAML 1.2 booleans, as in GitHub's own `getBooleanInput`. */
function flag(name: string): boolean {
  const value = getInput(name)
  if (/^(true|True|TRUE)$/.test(value)) return true
  if (/^(false|False|FALSE)$/.test(value)) return false
  throw invalid(name, value, 'use true or false')
}

function wholeNumber(name: string, min: number, max: number): number | undefined {
  const value = getInput(name)
  if (value === '') return undefined
  const number = Number(value)
  if (/^\d+$/.test(value) && number >= min && number <= max) return number
  throw invalid(name, value, `it must be a whole number from ${min} to ${max}`)
}

function minutes(name: string): number {
  const value = getInput(name)
  if (/^\d+(\.\d+)?$/.test(value) && Number(value) <= DELIVER_EVERY_MAX_MINUTES) return Number(value)
  throw invalid(name, value, `it must be a number of minutes from 0 to ${DELIVER_EVERY_MAX_MINUTES}`)
}

function usd(name: string): number | undefined {
  const value = getInput(name)
  if (value === '') return undefined
  if (/^\$?\d+(\.\d+)?$/.test(value)) return Number(value.replace('$', ''))
  throw invalid(name, value, 'it must be an amount in USD, such as 0.50')
}

function invalid(name: string, value: string, advice: string): UsageError {
  return new UsageError(`The input ${name} is ${JSON.stringify(value)}: ${advice}.`)
}
