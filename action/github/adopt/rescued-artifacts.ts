import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import type { AdoptionSource } from '../../adopt/adopt-images.ts'
import { createFolderSource } from '../../adopt/folder-source.ts'
import type { ActionRun } from '../action-run.ts'
import { messageOf, statusOf } from '../api/failure.ts'
import { holds } from '../api/read.ts'
import { RESCUED } from '../deliver/rescue.ts'
import type { Destination } from '../target/target.ts'

/** Artifacts to download: the newest ones. */
const ARTIFACTS_MAX = 5

const NEEDS_ACTIONS =
  'To use images that an earlier run could not deliver, Easel needs permissions: actions: read.'

/**
 * What earlier runs generated for the target's branch and could not deliver. Needs `actions: read`; without it, says so
 * and finds nothing.
 */
export async function rescuedSources(run: ActionRun): Promise<AdoptionSource[]> {
  const { inputs, context, log, api } = run
  const { githubToken: token } = inputs
  if (!run.target.destination || token === undefined) return []
  const tell = (error: unknown): undefined => {
    const isForbidden = statusOf(error) === 403
    const why = `What an earlier run could not deliver can’t be read: ${messageOf(error)}`
    log.line(isForbidden ? NEEDS_ACTIONS : why)
  }
  const sources: AdoptionSource[] = []
  for (const { id, runId } of (await rescuedArtifacts(run, run.target.destination).catch(tell)) ?? []) {
    log.line(`Downloading what run ${runId} could not deliver.`)
    const { DefaultArtifactClient } = await import('@actions/artifact')
    const path = await mkdtemp(join(context.tempFolder, 'easel-earlier-'))
    const findBy = { token, workflowRunId: runId, repositoryOwner: api.owner, repositoryName: api.repo }
    // One that can't be read says nothing of the others.
    const downloaded = await new DefaultArtifactClient().downloadArtifact(id, { path, findBy }).catch(tell)
    if (downloaded) sources.push(await createFolderSource(path))
  }
  return sources
}

/**
 * Anybody's runs may upload what they like. Only those of the same branch count, and those whose commit is in the branch
 * that the images are for.
 */
async function rescuedArtifacts({ api, context }: ActionRun, { branch, base = branch }: Destination) {
  const found: { readonly id: number; readonly runId: number }[] = []
  for (let at = 1; found.length < ARTIFACTS_MAX; at++) {
    // A second attempt of a run takes the next name.
    const name = at === 1 ? RESCUED : `${RESCUED}-${at}`
    const route = 'GET /repos/{owner}/{repo}/actions/artifacts'
    const { data } = await api.request(route, { name, per_page: 100 })
    if (data.artifacts.length === 0) break
    for (const { id, expired, workflow_run: from } of data.artifacts) {
      if (expired || from?.id === undefined || from.head_repository_id !== from.repository_id) continue
      const { head_branch, head_sha = '' } = from
      if (
        found.length < ARTIFACTS_MAX &&
        (head_branch === context.branch || (await holds(api, base, head_sha)))
      )
        found.push({ id, runId: from.id })
    }
  }
  return found
}
