import { setTimeout as sleep } from 'node:timers/promises'
import { ConfigError } from '../../config/diagnostic.ts'
import { loadConfig } from '../../plan/load-config.ts'
import { costOf, type RunResult } from '../../generate/results.ts'
import type { ActionInputs } from '../inputs.ts'
import type { Situation } from '../runner-context.ts'
import type { PlannedProject } from '../../plan/plan-project.ts'
import { offlineCatalogue } from '../../generate/generate-and-prune.ts'
import { createApi, type GitHubApi } from './api.ts'
import { readBlob, type Snapshot } from './read-commit.ts'
import type { Change } from './file-change.ts'
import { DeliveryError } from './delivery-error.ts'
import { DEFAULT_MESSAGE } from './message.ts'
import type { Parcel } from './changeset.ts'
import type { Place } from './place.ts'

/** What a run delivers, and where from. */
export interface Cargo {
  readonly planned: PlannedProject
  readonly result: RunResult
  /** Taken over from a branch before the run. */
  readonly adopted: readonly Change[]
  readonly inputs: ActionInputs
  readonly situation: Situation
  readonly place: Place
  readonly tell: (message: string) => void
}

/** The API, as a run's inputs and situation have it. */
export function apiFor({ inputs, situation, tell }: Pick<Cargo, 'inputs' | 'situation' | 'tell'>): GitHubApi {
  if (inputs.githubToken === undefined) {
    throw new DeliveryError('There is no github-token: leave the input out to use the workflow’s own.')
  }
  return createApi({
    token: inputs.githubToken,
    apiUrl: situation.apiUrl,
    repository: situation.repository,
    sleep: (ms) => sleep(ms),
    now: Date.now,
    random: Math.random,
    tell,
  })
}

/** The branch that is committed to. */
export function branchOf({ inputs, place }: Pick<Cargo, 'inputs' | 'place'>): string {
  const branch = inputs.branch ?? place.branch
  if (branch === undefined)
    throw new DeliveryError(
      'The run is for no branch, but for a tag, say: name the one to commit to (branch).',
    )
  return branch.replace(/^refs\/heads\//, '')
}

/** The branch that a pull request goes to. */
export function baseOf({ inputs, place }: Pick<Cargo, 'inputs' | 'place'>): string {
  const base = inputs.base ?? place.branch
  if (base === undefined)
    throw new DeliveryError(
      'The run is for no branch, but for a tag, say: name the one that the pull request is for (base).',
    )
  return base.replace(/^refs\/heads\//, '')
}

/** The branch that a pull request comes from: one for each base, the same each time. */
export function pullBranchOf(cargo: Pick<Cargo, 'inputs' | 'place'>): string {
  return cargo.inputs.branch?.replace(/^refs\/heads\//, '') ?? `easel/${baseOf(cargo)}`
}

/** What {@link Cargo} is to the branches. */
export function parcelFor(
  api: GitHubApi,
  { inputs, planned, place, result, tell }: Cargo,
  changes: readonly Change[],
): Parcel {
  const { root, configPath, lock } = planned.project
  return {
    root,
    lockPath: lock.path,
    configPath,
    changes,
    message: inputs.commitMessage ?? DEFAULT_MESSAGE,
    costUsd: costOf(result),
    checkedOut: place.checkedOut,
    fingerprintsOf: (snapshot) => fingerprintsOf(api, snapshot, { root, configPath }),
    sleep: (ms) => sleep(ms),
    random: Math.random,
    tell,
  }
}

async function fingerprintsOf(
  api: GitHubApi,
  { blobs }: Snapshot,
  { root, configPath }: Pick<Parcel, 'root' | 'configPath'>,
): Promise<ReadonlyMap<string, string> | undefined> {
  const blob = blobs.get(configPath)
  if (blob === undefined) return undefined
  const text = new TextDecoder().decode(await readBlob(api, blob))
  try {
    const { images } = await loadConfig({ root, path: configPath, catalogue: offlineCatalogue(), text })
    return new Map(images.map(({ path, fingerprint }) => [path, fingerprint]))
  } catch (error) {
    // Somebody broke it meanwhile: what it wants is anybody's guess.
    if (error instanceof ConfigError) return undefined
    throw error
  }
}
