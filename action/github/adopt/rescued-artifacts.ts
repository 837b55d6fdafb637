import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import type { AdoptionSource } from '../../adopt/adopt-images.ts'
import { createFolderSource } from '../../adopt/folder-source.ts'
import type { ActionRun } from '../action-run.ts'
import { messageOf, statusOf } from '../api/failure.ts'
import { RESCUED } from '../deliver/rescue.ts'

/** Artifacts to download: the newest ones of a branch. */
const ARTIFACTS_MAX = 5

/**
 * What earlier runs of a branch generated and could not deliver. Needs `actions: read`; without it, says so and finds
 * nothing.
 */
export async function rescuedSources(run: ActionRun): Promise<AdoptionSource[]> {
  const { inputs, context, target, log } = run
  const { githubToken: token } = inputs
  if (!target.destination || token === undefined || context.branch === undefined) return []
  const sources: AdoptionSource[] = []
  try {
    for (const { id, runId } of await rescuedArtifacts(run)) {
      log.line(`Downloading what run ${runId} could not deliver.`)
      const { DefaultArtifactClient } = await import('@actions/artifact')
      const { owner: repositoryOwner, repo: repositoryName } = run.api
      const path = await mkdtemp(join(context.tempFolder, 'easel-earlier-'))
      const findBy = { token, workflowRunId: runId, repositoryOwner, repositoryName }
      await new DefaultArtifactClient().downloadArtifact(id, { path, findBy })
      sources.push(await createFolderSource(path))
    }
  } catch (error) {
    log.line(
      statusOf(error) === 403
        ? 'To use images that an earlier run could not deliver, Easel needs permissions: actions: read.'
        : `What earlier runs could not deliver can’t be read: ${messageOf(error)}`,
    )
  }
  return sources
}

/** A fork's runs may upload what they like, so only those of the repository count. */
async function rescuedArtifacts({ api, context }: ActionRun) {
  const found: { readonly id: number; readonly runId: number }[] = []
  for (let at = 1; found.length < ARTIFACTS_MAX; at++) {
    // A second attempt of a run takes the next name.
    const name = at === 1 ? RESCUED : `${RESCUED}-${at}`
    const route = 'GET /repos/{owner}/{repo}/actions/artifacts'
    const { data } = await api.request(route, { name, per_page: 100 })
    if (data.artifacts.length === 0) break
    for (const { id, expired, workflow_run: from } of data.artifacts) {
      const isOwn = from?.head_branch === context.branch && from?.head_repository_id === from?.repository_id
      if (isOwn && !expired && from?.id !== undefined) found.push({ id, runId: from.id })
    }
  }
  return found.slice(0, ARTIFACTS_MAX)
}
