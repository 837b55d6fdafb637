import type { Endpoints } from '@octokit/types'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunContext } from '../target/run-context.ts'
import { DeliveryError } from './failure.ts'
import type { LfsServer } from './lfs.ts'

/** GitHub's API, for one repository. Rejects with a `DeliveryError` without a token. */
export interface GitHubApi {
  /** Fills in `owner` and `repo`. */
  readonly request: <R extends keyof Endpoints>(
    route: R,
    parameters: Omit<Endpoints[R]['parameters'], 'owner' | 'repo'>,
  ) => Promise<Endpoints[R]['response']>
  readonly graphql: <T>(query: string, variables?: Readonly<Record<string, unknown>>) => Promise<T>
  readonly owner: string
  readonly repo: string
  readonly lfs: LfsServer
}

export interface Clock {
  readonly sleep: (ms: number) => Promise<void>
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** From 0 to 1. */
  readonly random: () => number
}

const CLOCK: Clock = { sleep: (ms) => sleep(ms), now: Date.now, random: Math.random }

/** GitHub's API for the repository of a run. The client is loaded with the first request. */
export function connect(
  token: string | undefined,
  { apiUrl, serverUrl, repository }: Pick<RunContext, 'apiUrl' | 'serverUrl' | 'repository'>,
  log: (line: string) => void,
  clock = CLOCK,
): GitHubApi {
  const [owner = '', repo = ''] = repository.split('/')
  let client: Promise<Pick<GitHubApi, 'request' | 'graphql'>> | undefined

  async function load(): Promise<Pick<GitHubApi, 'request' | 'graphql'>> {
    if (token === undefined) {
      throw new DeliveryError(
        'The input github-token is empty: leave it out to use the workflow’s own token.',
      )
    }
    const { createClient } = await import('./client.ts')
    return createClient({ token, apiUrl, owner, repo, log, clock })
  }

  return {
    owner,
    repo,
    lfs: {
      url: `${serverUrl}/${repository}.git/info/lfs`,
      authorization: `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`,
    },
    request: async (...args) => (await (client ??= load())).request(...args),
    graphql: async (...args) => (await (client ??= load())).graphql(...args),
  }
}
