import { setTimeout as sleep } from 'node:timers/promises'
import type { RunContext } from '../target/run-context.ts'
import type { GitHubApi } from './api.ts'
import { DeliveryError } from './delivery-error.ts'

/**
 * GitHub's API for the repository of a run. Its client is loaded when it is first used.
 *
 * @returns a function that always resolves to the same one, so that its rate limits count for all
 */
export function connection(
  token: string | undefined,
  { apiUrl, serverUrl, repository }: RunContext,
  log: (line: string) => void,
): () => Promise<GitHubApi> {
  let api: Promise<GitHubApi> | undefined

  async function connect(): Promise<GitHubApi> {
    if (token === undefined) {
      throw new DeliveryError(
        'The input github-token is empty: leave it out to use the workflow’s own token.',
      )
    }
    const { createApi } = await import('./api.ts')
    const clock = { sleep: (ms: number) => sleep(ms), now: Date.now, random: Math.random }
    return createApi({ token, apiUrl, serverUrl, repository, log, ...clock })
  }

  return () => (api ??= connect())
}
