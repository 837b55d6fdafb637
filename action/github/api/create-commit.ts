import pMap from 'p-map'
import { type LfsObject, uploadToLfs } from '../../git/lfs-server.ts'
import type { GitHubApi } from './api.ts'
import { unlessMoved } from './failure.ts'

/** A file of a commit, by its path in the repository. `read` is called once, when the file is sent. */
export interface CommitFile {
  readonly path: string
  /** In bytes. */
  readonly size: number
  readonly read: () => Promise<Uint8Array>
  /** What the file points to, when it is in Git LFS. */
  readonly object?: LfsObject
}

export interface NewCommit {
  readonly branch: string
  /** The commit that the branch must point to. */
  readonly head: string
  readonly headline: string
  readonly body: string
  readonly files: readonly CommitFile[]
  /** Paths to remove. They must exist. */
  readonly removed: readonly string[]
  /** Start from the files of this commit instead of those at `head`; `merges` makes it a second parent. */
  readonly replacesTree?: { readonly sha: string; readonly merges: boolean }
}

export interface Committed {
  readonly sha: string
  readonly url: string
  /** Whether GitHub shows it as verified. */
  readonly verified: boolean
}

/**
 * Raw bytes in one `createCommitOnBranch`: GitHub refuses requests of about 40 MB, and base64 turns three bytes into
 * four.
 */
const ONE_REQUEST_MAX_BYTES = 28_000_000

/** GitHub's trees time out above about 200 entries. */
const TREE_ENTRIES_MAX = 100

/** Blobs sent at the same time: GitHub accepts 100 requests, but memory holds each blob twice. */
const BLOBS_AT_ONCE = 8

/** What every file is in a tree. */
const FILE = { mode: '100644', type: 'blob' } as const

const CREATE_COMMIT = `mutation ($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid url signature { isValid } } }
}`

interface GraphQLCommit {
  readonly oid: string
  readonly url: string
  readonly signature: { readonly isValid: boolean } | null
}

/**
 * Adds one commit to a branch, or none at all.
 *
 * @throws {BranchMovedError} when the branch no longer points to `head`
 */
export async function createCommit(api: GitHubApi, commit: NewCommit): Promise<Committed> {
  const objects = commit.files.flatMap(({ object }) => object ?? [])
  await uploadToLfs(api.lfs, objects)
  const bytes = commit.files.reduce((sum, { size }) => sum + size, 0)
  return bytes > ONE_REQUEST_MAX_BYTES || commit.replacesTree !== undefined
    ? commitInObjects(api, commit)
    : commitInOneRequest(api, commit)
}

async function commitInOneRequest(api: GitHubApi, commit: NewCommit): Promise<Committed> {
  const additions = await Promise.all(
    commit.files.map(async ({ path, read }) => ({ path, contents: base64(await read()) })),
  )
  const response = await unlessMoved(
    api.graphql<{ createCommitOnBranch: { commit: GraphQLCommit } }>(CREATE_COMMIT, {
      input: {
        branch: { repositoryNameWithOwner: `${api.owner}/${api.repo}`, branchName: commit.branch },
        expectedHeadOid: commit.head,
        message: { headline: commit.headline, body: commit.body },
        fileChanges: { additions, deletions: commit.removed.map((path) => ({ path })) },
      },
    }),
    /STALE_DATA/,
  )
  const { oid, url, signature } = response.createCommitOnBranch.commit
  return { sha: oid, url, verified: signature?.isValid ?? false }
}

async function commitInObjects(api: GitHubApi, commit: NewCommit): Promise<Committed> {
  const { request } = api
  const { branch, head, headline, body, files, removed, replacesTree } = commit
  const blobs = await pMap(
    files,
    async ({ path, read }) => {
      const blob = { content: base64(await read()), encoding: 'base64' }
      const { data } = await request('POST /repos/{owner}/{repo}/git/blobs', blob)
      return { ...FILE, path, sha: data.sha }
    },
    { concurrency: BLOBS_AT_ONCE },
  )
  const { data: base } = await request('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', {
    commit_sha: replacesTree?.sha ?? head,
  })
  const entries = [...removed.map((path) => ({ ...FILE, path, sha: null })), ...blobs]
  let tree = base.tree.sha
  for (let at = 0; at < entries.length; at += TREE_ENTRIES_MAX) {
    const { data } = await request('POST /repos/{owner}/{repo}/git/trees', {
      base_tree: tree,
      tree: entries.slice(at, at + TREE_ENTRIES_MAX),
    })
    tree = data.sha
  }
  // GitHub signs a commit of a workflow's token only without author and committer.
  const { data: created } = await request('POST /repos/{owner}/{repo}/git/commits', {
    message: body ? `${headline}\n\n${body}` : headline,
    tree,
    parents: replacesTree?.merges ? [head, replacesTree.sha] : [head],
  })
  const ref = { ref: `heads/${branch}`, sha: created.sha, force: false }
  await unlessMoved(request('PATCH /repos/{owner}/{repo}/git/refs/{ref}', ref), /fast.forward/i)
  return { sha: created.sha, url: created.html_url, verified: created.verification.verified }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}
