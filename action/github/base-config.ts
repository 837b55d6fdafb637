import { CONFIG_PATHS } from '../config/find-config.ts'
import { UsageError } from '../config/diagnostic.ts'
import type { RunnerContext } from './target/run-context.ts'

/** The config in a commit, which may differ from the one in the workspace. */
export interface BaseConfig {
  readonly config: string
  readonly text: string
}

/** Timeout for a file from GitHub, in milliseconds. */
const TIMEOUT_MS = 20_000

/**
 * Fetches the config of a commit from GitHub.
 *
 * @param sha    the commit
 * @param given  the config's path, if the workflow names one
 * @returns `undefined` when the commit has no config
 * @throws {UsageError} when GitHub refuses, or can't be reached
 */
export async function fetchBaseConfig(
  { apiUrl, repository }: Pick<RunnerContext, 'apiUrl' | 'repository'>,
  sha: string,
  { given, token }: { readonly given: string | undefined; readonly token: string | undefined },
): Promise<BaseConfig | undefined> {
  for (const config of given === undefined ? CONFIG_PATHS : [given]) {
    const path = config.split('/').map(encodeURIComponent).join('/')
    const response = await fetch(
      `${apiUrl}/repos/${repository}/contents/${path}?ref=${encodeURIComponent(sha)}`,
      {
        headers: {
          Accept: 'application/vnd.github.raw+json',
          'X-GitHub-Api-Version': '2022-11-28',
          ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      },
    ).catch((error: unknown) => {
      throw new UsageError('GitHub could not be reached for the config of the base branch.', { cause: error })
    })
    if (response.ok) return { config, text: await response.text() }
    await response.body?.cancel()
    if (response.status !== 404) {
      throw new UsageError(
        `GitHub responded with ${response.status} for ${config} on the base branch: the job needs permissions: contents: read.`,
      )
    }
  }
  return undefined
}
