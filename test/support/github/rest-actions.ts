import { Hono } from 'hono'
import type { GitHubEnv } from './access.ts'
import { notFound } from './refusal.ts'
import type { RunArtifact, World } from './world.ts'

/** `/repos/{owner}/{repo}/actions/artifacts`. */
export function actionsRoutes(world: World): Hono<GitHubEnv> {
  const app = new Hono<GitHubEnv>()

  app.get('/artifacts', async (c) => {
    c.var.require('actions', 'read')
    const { name } = c.req.query()
    const found = world.artifacts.filter((one) => name === undefined || one.name === name)
    const artifacts = await Promise.all(found.toReversed().map(artifactJson))
    return c.json({ total_count: found.length, artifacts })
  })

  app.get('/artifacts/:id{[0-9]+}/zip', (c) => {
    c.var.require('actions', 'read')
    find(c.req.param('id'))
    return c.redirect(`${world.apiUrl()}/artifact-storage/${c.req.param('id')}?sig=secret`, 302)
  })

  const find = (id: string): RunArtifact => {
    const found = world.artifacts.find((one) => one.id === Number(id))
    if (!found) throw notFound()
    return found
  }

  const shaOf = async ({ sha, branch }: RunArtifact['run']) =>
    sha ??
    (await world.git.readRef(`refs/heads/${branch}`)) ??
    (await world.git.readRef(`refs/heads/${world.defaultBranch}`))

  const artifactJson = async ({ id, name, bytes, createdAt, digest, run }: RunArtifact) => ({
    id,
    name,
    size_in_bytes: bytes.length,
    archive_download_url: `${world.apiUrl()}/repos/${world.owner}/${world.name}/actions/artifacts/${id}/zip`,
    expired: false,
    digest,
    created_at: createdAt,
    workflow_run: {
      id: run.id,
      repository_id: 1,
      head_repository_id: run.isOfFork ? 2 : 1,
      head_branch: run.branch,
      head_sha: await shaOf(run),
    },
  })

  return app
}

/** Where downloads are redirected to: only the signature in the URL authorises. */
export function artifactStorage(world: World): Hono {
  const app = new Hono()
  app.get('/:id', (c) => {
    const found = world.artifacts.find((one) => one.id === Number(c.req.param('id')))
    if (!found || c.req.query('sig') !== 'secret' || c.req.header('authorization')) return c.body(null, 403)
    return c.body(new Uint8Array(found.bytes), 200, { 'Content-Type': 'application/zip' })
  })
  return app
}
