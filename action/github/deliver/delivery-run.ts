import { setTimeout as sleep } from 'node:timers/promises'
import { offlineCatalogue } from '../../config/catalogues.ts'
import { ConfigError } from '../../config/diagnostic.ts'
import { costOf, type RunResult } from '../../generate/results.ts'
import { loadConfig } from '../../plan/load-config.ts'
import type { PlannedProject } from '../../plan/plan-project.ts'
import type { ActionInputs } from '../inputs.ts'
import type { RunnerContext } from '../target/run-context.ts'
import { createApi, type GitHubApi } from '../api/api.ts'
import type { Changeset } from '../changeset/changeset.ts'
import { DeliveryError } from '../api/delivery-error.ts'
import type { FileChange } from '../changeset/file-change.ts'
import { DEFAULT_MESSAGE } from '../changeset/message.ts'
import { type CommitContent, readBlob } from '../api/read-commit.ts'
import type { Target } from '../target/target.ts'

/** A finished run, and everything that its delivery needs. */
export interface DeliveryRun {
  readonly planned: PlannedProject
  readonly result: RunResult
  /** Images that earlier runs had delivered to a branch, taken over before this run. */
  readonly adopted: readonly FileChange[]
  readonly inputs: ActionInputs
  readonly runner: RunnerContext
  readonly target: Target | undefined
  readonly log: (line: string) => void
}

/** @throws {DeliveryError} when there is no token */
export function apiFor({ inputs, runner, log }: Pick<DeliveryRun, 'inputs' | 'runner' | 'log'>): GitHubApi {
  if (inputs.githubToken === undefined) {
    throw new DeliveryError('The input github-token is empty: leave it out to use the workflow’s own token.')
  }
  return createApi({
    token: inputs.githubToken,
    apiUrl: runner.apiUrl,
    repository: runner.repository,
    sleep: (ms) => sleep(ms),
    now: Date.now,
    random: Math.random,
    log,
  })
}

export function changesetOf(
  api: GitHubApi,
  { inputs, planned, runner, result, log }: DeliveryRun,
  changes: readonly FileChange[],
): Changeset {
  const { root, configPath, lock } = planned.project
  return {
    root,
    lockPath: lock.path,
    configPath,
    changes,
    message: inputs.commitMessage ?? DEFAULT_MESSAGE,
    costUsd: costOf(result),
    checkedOut: runner.checkedOut,
    declaredFingerprints: (commit) => declaredFingerprints(api, commit, { root, configPath }),
    sleep: (ms) => sleep(ms),
    random: Math.random,
    log,
  }
}

async function declaredFingerprints(
  api: GitHubApi,
  { blobs }: CommitContent,
  { root, configPath }: Pick<Changeset, 'root' | 'configPath'>,
): Promise<ReadonlyMap<string, string> | undefined> {
  const blob = blobs.get(configPath)
  if (blob === undefined) return undefined
  const text = new TextDecoder().decode(await readBlob(api, blob))
  try {
    const { images } = await loadConfig({ root, path: configPath, catalogue: offlineCatalogue(), text })
    return new Map(images.map(({ path, fingerprint }) => [path, fingerprint]))
  } catch (error) {
    // Somebody broke the config in that commit.
    if (error instanceof ConfigError) return undefined
    throw error
  }
}
