import { type Command, InvalidArgumentError, Option } from 'commander'
import { OPENROUTER_BASE_URL } from '../../shared/openrouter/http.ts'
import { normaliseBaseUrl } from '../config/base-url.ts'
import type { Upstream } from '../config/catalogues.ts'
import type { Terminal } from './terminal.ts'

/** Options of every command that works on a project. */
export interface ProjectOptions {
  readonly config?: string
  readonly cwd?: string
}

/** Options of every command that sends requests to OpenRouter. */
export interface UpstreamOptions {
  readonly baseUrl?: string
}

export function withProjectOptions(command: Command): Command {
  return command
    .option('-c, --config <file>', 'the config file (default: easel.yml or .github/easel.yml)')
    .option('-C, --cwd <folder>', 'work in this folder (default: the current one)')
}

export function withUpstreamOptions(command: Command): Command {
  return command.option(
    '--base-url <url>',
    'OpenRouter’s API, or that of your Easel Worker (default: OPENROUTER_BASE_URL, or openrouter.ai)',
  )
}

export function onDriftOption(): Option {
  return new Option('--on-drift <what>', 'what to do with a file that Easel did not write')
    .choices(['keep', 'regenerate', 'fail'])
    .default('keep')
}

export function onAliasChangeOption(): Option {
  return new Option(
    '--on-alias-change <what>',
    'what to do with an image whose model is an alias that now means another model',
  )
    .choices(['keep', 'regenerate'])
    .default('keep')
}

/** @throws {UsageError} when the base URL is invalid */
export function upstreamFrom(options: UpstreamOptions, { env }: Terminal): Upstream {
  return {
    apiKey: env['OPENROUTER_API_KEY'] || undefined,
    baseUrl: normaliseBaseUrl(options.baseUrl ?? (env['OPENROUTER_BASE_URL'] || OPENROUTER_BASE_URL)),
  }
}

/** Parses a whole number within bounds. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= min && value <= max) return value
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
  }
}

/** Parses an amount of money: `0.5`, `$0.5`. */
export function usdAmount(text: string): number {
  const value = Number(text.replace(/^\$/, ''))
  if (/^\$?\d+(\.\d+)?$/.test(text)) return value
  throw new InvalidArgumentError('It must be an amount in USD, such as 0.50.')
}
