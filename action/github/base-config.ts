import { CONFIG_PATHS } from '../config/find-config.ts'
import { UsageError } from '../config/diagnostic.ts'
import type { Situation } from './runner-context.ts'

/** A config as a commit has it, whatever is in the workspace. */
export interface BaseConfig {
  readonly config: string
  readonly text: string
}

/** Milliseconds that GitHub may take for a file. */
const TIMEOUT_MS = 20_000

/**
 * Gets the config from GitHub.
 *
 * @param sha    the commit
 * @param given  the config's path, where the workflow names one
 * @returns `undefined` when that commit has none
 * @throws {UsageError} when GitHub doesn't hand it out
 */
export async function fetchBaseConfig(
  { apiUrl, repository }: Pick<Situation, 'apiUrl' | 'repository'>,
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
      throw new UsageError('GitHub can’t be reached for the config of the base.', { cause: error })
    })
    if (response.ok) return { config, text: await response.text() }
    await response.body?.cancel()
    if (response.status !== 404) {
      throw new UsageError(
        `GitHub answered ${response.status} for ${config} of the base: the job needs the permission contents: read.`,
      )
    }
  }
  return undefined
}
