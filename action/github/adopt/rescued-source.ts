import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import type { AdoptionSource } from '../../adopt/adopt-images.ts'
import { createFolderSource } from '../../adopt/folder-source.ts'
import type { GitHubApi } from '../api/api.ts'
import { statusOf } from '../api/delivery-error.ts'
import { RESCUED } from '../deliver/rescue.ts'

/** Artifacts to download: the newest ones of a branch. */
const ARTIFACTS_MAX = 5

export interface RescueOptions {
  readonly token: string
  /** The branch that the run is for. */
  readonly branch: string
  readonly tempFolder: string
  readonly log: (line: string) => void
}

/**
 * What earlier runs of a branch generated and could not deliver. Needs `actions: read`; without it, says so and finds
 * nothing.
 */
export async function rescuedSources(api: GitHubApi, options: RescueOptions): Promise<AdoptionSource[]> {
  const { token, tempFolder, log } = options
  try {
    const found = await rescuedArtifacts(api, options)
    if (found.length === 0) return []
    const { DefaultArtifactClient } = await import('@actions/artifact')
    const client = new DefaultArtifactClient()
    const sources: AdoptionSource[] = []
    for (const { id, runId } of found) {
      log(`Downloading what run ${runId} could not deliver.`)
      const path = await mkdtemp(join(tempFolder, 'easel-earlier-'))
      const { owner: repositoryOwner, repo: repositoryName } = api
      await client.downloadArtifact(id, {
        path,
        findBy: { token, workflowRunId: runId, repositoryOwner, repositoryName },
      })
      sources.push(await createFolderSource(path))
    }
    return sources
  } catch (error) {
    if (statusOf(error) === 403) {
      log('To use images that an earlier run could not deliver, Easel needs permissions: actions: read.')
    } else {
      const why = error instanceof Error ? error.message : String(error)
      log(`What earlier runs could not deliver can’t be read: ${why}`)
    }
    return []
  }
}

interface RescuedArtifact {
  readonly id: number
  readonly runId: number
}

/** A fork's runs may upload what they like, so only those of the repository count. */
async function rescuedArtifacts(
  { request }: GitHubApi,
  { branch }: RescueOptions,
): Promise<readonly RescuedArtifact[]> {
  const found: RescuedArtifact[] = []
  for (let at = 1; found.length < ARTIFACTS_MAX; at++) {
    // A second attempt of a run takes the next name.
    const name = at === 1 ? RESCUED : `${RESCUED}-${at}`
    const route = 'GET /repos/{owner}/{repo}/actions/artifacts'
    const { data } = await request(route, { name, per_page: 100 })
    if (data.artifacts.length === 0) break
    for (const { id, expired, workflow_run: run } of data.artifacts) {
      const isOwn = run?.head_branch === branch && run.head_repository_id === run.repository_id
      if (isOwn && !expired && run.id !== undefined) found.push({ id, runId: run.id })
    }
  }
  return found.slice(0, ARTIFACTS_MAX)
}
