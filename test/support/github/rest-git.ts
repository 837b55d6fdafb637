import { Hono } from 'hono'
import * as z from 'zod'
import type { GitHubEnv } from './access.ts'
import type { TreeChange } from './bare-repository.ts'
import { notFound, readBody, Refusal } from './refusal.ts'
import { identity, refuseProtected, verificationOf, webFlow, type World } from './world.ts'

/** GitHub's limit for a blob through the API. */
const BLOB_MAX_BYTES = 40 * 1024 * 1024

/** GitHub's trees endpoint is known to time out above it. */
const TREE_MAX_ENTRIES = 200

const sha = z.string().regex(/^[0-9a-f]{40}$/, 'is not a valid SHA')
const blobBody = z.strictObject({
  content: z.string(),
  encoding: z.enum(['utf-8', 'base64']).default('utf-8'),
})
const treeBody = z.strictObject({
  base_tree: sha.optional(),
  tree: z
    .array(
      z.strictObject({
        path: z.string(),
        mode: z.enum(['100644', '100755', '040000', '160000', '120000']),
        type: z.enum(['blob', 'tree', 'commit']),
        sha: sha.nullish(),
        content: z.string().optional(),
      }),
    )
    .min(1),
})
const person = z.strictObject({ name: z.string(), email: z.string(), date: z.string().optional() })
const commitBody = z.strictObject({
  message: z.string(),
  tree: sha,
  parents: z.array(sha).default([]),
  author: person.optional(),
  committer: person.optional(),
  signature: z.string().optional(),
})
const newRefBody = z.strictObject({ ref: z.string(), sha })
const refBody = z.strictObject({ sha, force: z.boolean().default(false) })

/** `/repos/{owner}/{repo}/git/…`: blobs, trees, commits, refs. */
export function gitRoutes(world: World): Hono<GitHubEnv> {
  const { git } = world
  const app = new Hono<GitHubEnv>()
  const url = (rest: string): string => `${world.apiUrl()}/repos/${world.owner}/${world.name}/git/${rest}`

  app.post('/blobs', async (c) => {
    c.var.require('contents', 'write')
    const { content, encoding } = await readBody(c, blobBody)
    if (encoding === 'base64' && !isBase64(content)) throw new Refusal(422, 'content is not valid Base64')
    const bytes = Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8')
    if (bytes.length > BLOB_MAX_BYTES) throw new Refusal(422, 'Sorry, your blob is too large to be processed')
    const created = await git.writeBlob(bytes)
    return c.json({ sha: created, url: url(`blobs/${created}`) }, 201)
  })

  app.get('/blobs/:sha', async (c) => {
    c.var.require('contents', 'read')
    const id = c.req.param('sha')
    if ((await git.typeOf(id)) !== 'blob') throw notFound()
    const bytes = await git.readBlob(id)
    return c.json({ sha: id, size: bytes.length, encoding: 'base64', content: bytes.toString('base64') })
  })

  app.post('/trees', async (c) => {
    c.var.require('contents', 'write')
    const { base_tree, tree } = await readBody(c, treeBody)
    if (tree.length > TREE_MAX_ENTRIES) {
      throw new Refusal(502, 'Server Error: Sorry, this request timed out. It may be too large.')
    }
    const baseType = base_tree === undefined ? 'tree' : await git.typeOf(base_tree)
    if (baseType !== 'tree' && baseType !== 'commit') {
      throw new Refusal(422, 'base_tree is not a valid tree oid')
    }
    const changes: TreeChange[] = []
    for (const { path, mode, type, sha: given, content } of tree) {
      if (isMalformed(path)) throw new Refusal(422, 'tree.path contains a malformed path component')
      if (type !== 'blob' || mode === '040000' || mode === '160000') {
        throw new Refusal(501, 'This double only accepts blobs')
      }
      if ((given === undefined) === (content === undefined)) {
        throw new Refusal(422, 'Must supply either tree.sha or tree.content')
      }
      if (given === null && !(base_tree && (await has(base_tree, path)))) {
        throw new Refusal(422, 'GitRPC::BadObjectState')
      }
      if (typeof given === 'string' && (await git.typeOf(given)) !== 'blob') {
        throw new Refusal(422, `tree.sha ${given} is not a valid blob`)
      }
      const blob = given === undefined ? await git.writeBlob(Buffer.from(content ?? '')) : given
      changes.push({ path, mode, sha: blob })
    }
    const created = await git.writeTree(base_tree, changes)
    return c.json(
      { sha: created, url: url(`trees/${created}`), truncated: false, tree: await git.listTree(created) },
      201,
    )
  })

  const has = async (base: string, path: string): Promise<boolean> =>
    (await git.listTree(base, { recursive: true, path })).some((entry) => entry.path === path)

  app.get('/trees/:sha{.+}', async (c) => {
    c.var.require('contents', 'read')
    const asked = c.req.param('sha')
    const id = (await git.readRef(`refs/heads/${asked}`)) ?? asked
    const type = await git.typeOf(id)
    if (type !== 'tree' && type !== 'commit') throw notFound()
    // Any value of `recursive` makes it recursive.
    const tree = await git.listTree(id, { recursive: c.req.query('recursive') !== undefined })
    return c.json({ sha: id, url: url(`trees/${id}`), tree, truncated: false })
  })

  app.post('/commits', async (c) => {
    c.var.require('contents', 'write')
    const { message, tree, parents, author, committer, signature } = await readBody(c, commitBody)
    if (signature !== undefined) throw new Refusal(501, 'This double accepts no signatures')
    const { token } = c.var
    if ((await git.typeOf(tree)) !== 'tree') throw new Refusal(422, 'Tree SHA does not exist')
    for (const parent of parents) {
      if ((await git.typeOf(parent)) !== 'commit') {
        throw new Refusal(422, 'Parent SHA does not exist or is not a commit object')
      }
    }
    const date = new Date().toISOString()
    if (!token) throw new Refusal(401, 'Requires authentication')
    // GitHub signs for bots that name no author.
    const signed = token.kind === 'workflow' && author === undefined && committer === undefined
    const by = author ? { ...author, date: author.date ?? date } : identity(token, date)
    const created = await git.writeCommit({
      tree,
      parents,
      message,
      author: by,
      committer: committer ? { ...committer, date: committer.date ?? date } : signed ? webFlow(date) : by,
      signed,
    })
    return c.json(await commitJson(created), 201)
  })

  app.get('/commits/:sha', async (c) => {
    c.var.require('contents', 'read')
    if ((await git.typeOf(c.req.param('sha'))) !== 'commit') throw notFound()
    return c.json(await commitJson(c.req.param('sha')))
  })

  const commitJson = async (id: string): Promise<Record<string, unknown>> => {
    const commit = await git.readCommit(id)
    const { author, committer, message, tree, parents } = commit
    return {
      sha: id,
      url: url(`commits/${id}`),
      html_url: `${world.serverUrl()}/${world.owner}/${world.name}/commit/${id}`,
      author,
      committer,
      message,
      tree: { sha: tree, url: url(`trees/${tree}`) },
      parents: parents.map((parent) => ({ sha: parent, url: url(`commits/${parent}`) })),
      verification: verificationOf(commit),
    }
  }

  const refJson = (ref: string, id: string): Record<string, unknown> => ({
    ref,
    url: url(ref),
    object: { type: 'commit', sha: id, url: url(`commits/${id}`) },
  })

  app.get('/ref/:ref{.+}', async (c) => {
    c.var.require('contents', 'read')
    const ref = `refs/${c.req.param('ref')}`
    const id = await git.readRef(ref)
    if (id === undefined) throw notFound()
    return c.json(refJson(ref, id))
  })

  app.get('/matching-refs/:ref{.+}', async (c) => {
    c.var.require('contents', 'read')
    const wanted = `refs/${c.req.param('ref')}`
    const refs = await git.listRefs(wanted.slice(0, wanted.lastIndexOf('/')))
    return c.json(
      refs.filter(({ ref }) => ref.startsWith(wanted)).map(({ ref, sha: id }) => refJson(ref, id)),
    )
  })

  app.post('/refs', async (c) => {
    c.var.require('contents', 'write')
    const { ref, sha: to } = await readBody(c, newRefBody)
    if (!/^refs\/(heads|tags)\/./.test(ref)) {
      throw new Refusal(422, `Reference name must start with 'refs/' and have at least two slashes.`)
    }
    if ((await git.typeOf(to)) !== 'commit') throw new Refusal(422, 'Object does not exist')
    if (await git.readRef(ref)) throw new Refusal(422, 'Reference already exists')
    if (!(await git.moveRef(ref, to, undefined))) throw new Refusal(422, 'Reference update failed')
    return c.json(refJson(ref, to), 201)
  })

  app.patch('/refs/:ref{.+}', async (c) => {
    c.var.require('contents', 'write')
    const ref = `refs/${c.req.param('ref')}`
    const { sha: to, force } = await readBody(c, refBody)
    const from = await git.readRef(ref)
    if (from === undefined) throw new Refusal(422, 'Reference does not exist')
    if ((await git.typeOf(to)) !== 'commit') throw new Refusal(422, 'Object does not exist')
    refuseProtected(world, ref.replace('refs/heads/', ''))
    if (!force && !(await git.isAncestor(from, to))) throw new Refusal(422, 'Update is not a fast-forward')
    if (!(await git.moveRef(ref, to, from))) throw new Refusal(422, 'Update is not a fast-forward')
    return c.json(refJson(ref, to))
  })

  app.delete('/refs/:ref{.+}', async (c) => {
    c.var.require('contents', 'write')
    const ref = `refs/${c.req.param('ref')}`
    const from = await git.readRef(ref)
    if (from === undefined) throw new Refusal(422, 'Reference does not exist')
    refuseProtected(world, ref.replace('refs/heads/', ''))
    await git.moveRef(ref, undefined, from)
    return c.body(null, 204)
  })

  return app
}

export function isBase64(text: string): boolean {
  return /^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text) && text.replaceAll(/\s/g, '').length % 4 === 0
}

/** Paths that git itself would not check out. */
export function isMalformed(path: string): boolean {
  return path.split('/').some((part) => ['', '.', '..'].includes(part) || part.toLowerCase() === '.git')
}
