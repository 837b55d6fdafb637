import { setTimeout as sleep } from 'node:timers/promises'
import type { Endpoints } from '@octokit/types'
import type { RunContext } from '../target/run-context.ts'
import type { ClientOptions } from './client.ts'
import { DeliveryError } from './failure.ts'
import type { LfsServer } from '../../git/lfs-server.ts'

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

const CLOCK = { sleep: (ms: number) => sleep(ms), now: Date.now }

/** GitHub's API for the repository of a run. The client is loaded with the first request. */
export function connect(
  token: string | undefined,
  { apiUrl, serverUrl, repository }: Pick<RunContext, 'apiUrl' | 'serverUrl' | 'repository'>,
  options: Pick<ClientOptions, 'log'> & Partial<ClientOptions>,
): GitHubApi {
  const [owner = '', repo = ''] = repository.split('/')
  let client: ReturnType<typeof load> | undefined

  async function load() {
    if (token === undefined) {
      throw new DeliveryError(
        'The input github-token is empty: leave it out to use the workflow’s own token.',
      )
    }
    const { createClient } = await import('./client.ts')
    const octokit = createClient({ token, apiUrl, ...CLOCK, ...options })
    // The defaults are what its type leaves out.
    const request = octokit.request.defaults({ owner, repo }) as GitHubApi['request']
    return { request, graphql: octokit.graphql }
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
