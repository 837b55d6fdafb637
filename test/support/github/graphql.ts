import { buildSchema, GraphQLError, type GraphQLFormattedError, graphql } from 'graphql'
import { Hono } from 'hono'
import * as z from 'zod'
import { type GitHubEnv, type Token } from './access.ts'
import { readBody, Refusal } from './refusal.ts'
import { isBase64, isMalformed } from './rest-git.ts'
import { identity, refuseProtected, webFlow, type World } from './world.ts'

/** Roughly where GitHub refuses the whole request. */
const REQUEST_MAX_BYTES = 40 * 1024 * 1024

/** The part of GitHub's schema for commits, with GitHub's names, types and nullability. */
const schema = buildSchema(`
  scalar Base64String
  scalar DateTime
  scalar GitObjectID
  scalar URI
  type Query { viewer: User!, repository(owner: String!, name: String!): Repository }
  type User { login: String! }
  type Repository { nameWithOwner: String!, ref(qualifiedName: String!): Ref }
  type Ref { name: String!, target: Commit, refUpdateRule: RefUpdateRule }
  type RefUpdateRule { pattern: String!, requiredApprovingReviewCount: Int, viewerCanPush: Boolean! }
  type Mutation { createCommitOnBranch(input: CreateCommitOnBranchInput!): CreateCommitOnBranchPayload }
  input CreateCommitOnBranchInput {
    branch: CommittableBranch!
    clientMutationId: String
    expectedHeadOid: GitObjectID!
    fileChanges: FileChanges
    message: CommitMessage!
  }
  input CommittableBranch { branchName: String, id: ID, repositoryNameWithOwner: String }
  input CommitMessage { headline: String!, body: String }
  input FileChanges { additions: [FileAddition!] = [], deletions: [FileDeletion!] = [] }
  input FileAddition { path: String!, contents: Base64String! }
  input FileDeletion { path: String! }
  type CreateCommitOnBranchPayload { clientMutationId: String, commit: Commit, ref: Ref }
  type Commit { oid: GitObjectID!, url: URI!, message: String!, committedDate: DateTime!, signature: GitSignature }
  type GitSignature { isValid: Boolean!, state: String!, verifiedAt: DateTime, wasSignedByGitHub: Boolean! }
`)

interface CommitInput {
  readonly branch: { readonly branchName?: string; readonly repositoryNameWithOwner?: string }
  readonly clientMutationId?: string
  readonly expectedHeadOid: string
  readonly message: { readonly headline: string; readonly body?: string }
  readonly fileChanges?: {
    readonly additions?: readonly { readonly path: string; readonly contents: string }[]
    readonly deletions?: readonly { readonly path: string }[]
  }
}

const requestBody = z.strictObject({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
})

/** `POST /graphql`, with `createCommitOnBranch`. */
export function graphqlRoutes(world: World): Hono<GitHubEnv> {
  const app = new Hono<GitHubEnv>()

  app.post('/', async (c) => {
    const { token } = c.var
    if (!token) throw new Refusal(401, 'This endpoint requires you to be authenticated.')
    if ((await c.req.arrayBuffer()).byteLength > REQUEST_MAX_BYTES) {
      throw new Refusal(413, 'Payload Too Large')
    }
    const { query, variables } = await readBody(c, requestBody)
    const { data, errors } = await graphql({
      schema,
      source: query,
      variableValues: variables ?? null,
      rootValue: {
        viewer: { login: token.login },
        repository: (args: { owner: string; name: string }) => repository(world, args),
        createCommitOnBranch: async ({ input }: { input: CommitInput }) => {
          try {
            c.var.require('contents', 'write')
            return await createCommit(world, token, input)
          } catch (error) {
            if (!(error instanceof Refusal)) throw error
            throw failure(error.status === 403 ? 'FORBIDDEN' : 'UNPROCESSABLE', error.message)
          }
        },
      },
    })
    return c.json({ ...(data !== undefined && { data }), ...(errors && { errors: errors.map(asGitHub) }) })
  })

  return app
}

function repository(world: World, { owner, name }: { owner: string; name: string }): object | null {
  const nameWithOwner = `${world.owner}/${world.name}`
  if (`${owner}/${name}` !== nameWithOwner) {
    throw failure('NOT_FOUND', `Could not resolve to a Repository with the name '${owner}/${name}'.`)
  }
  return {
    nameWithOwner,
    ref: async ({ qualifiedName }: { qualifiedName: string }) => {
      const oid = await world.git.readRef(qualifiedName)
      if (oid === undefined) return null
      const branch = qualifiedName.replace('refs/heads/', '')
      const isRestricted = world.protectedBranches.get(branch) === 'restricted'
      const refUpdateRule = isRestricted ? { pattern: branch, viewerCanPush: false } : null
      return { name: qualifiedName, target: await commitNode(world, oid), refUpdateRule }
    },
  }
}

async function createCommit(world: World, token: Token, input: CommitInput): Promise<object> {
  const { git } = world
  const { branchName, repositoryNameWithOwner } = input.branch
  const { additions = [], deletions = [] } = input.fileChanges ?? {}
  if (repositoryNameWithOwner !== `${world.owner}/${world.name}`) {
    throw failure(
      'NOT_FOUND',
      `Could not resolve to a Repository with the name '${repositoryNameWithOwner}'.`,
    )
  }
  const branch = (branchName ?? '').replace('refs/heads/', '')
  const ref = `refs/heads/${branch}`
  const head = await git.readRef(ref)
  if (head === undefined) throw failure('NOT_FOUND', `Branch not found: ${branch}`)
  if (head !== input.expectedHeadOid) throw stale(input.expectedHeadOid)
  refuseProtected(world, branch)
  for (const { path } of [...additions, ...deletions]) {
    if (isMalformed(path)) throw failure('UNPROCESSABLE', `A path is malformed: ${path}`)
  }
  const present = new Set((await git.listTree(head, { recursive: true })).map(({ path }) => path))
  for (const { path } of deletions) {
    if (present.has(path)) continue
    throw failure(
      'UNPROCESSABLE',
      `A path was requested for deletion which does not exist as of commit oid \`${head}\``,
    )
  }
  const blobs = await Promise.all(
    additions.map(async ({ path, contents }) => {
      if (!isBase64(contents)) throw failure('UNPROCESSABLE', 'contents is not valid Base64')
      return { path, mode: '100644', sha: await git.writeBlob(Buffer.from(contents, 'base64')) }
    }),
  )
  const removed = deletions.map(({ path }) => ({ path, mode: '0', sha: null }))
  const date = new Date().toISOString()
  const { headline, body } = input.message
  const oid = await git.writeCommit({
    tree: await git.writeTree(head, [...removed, ...blobs]),
    parents: [head],
    message: body ? `${headline}\n\n${body}` : headline,
    author: identity(token, date),
    committer: webFlow(date),
    signed: true,
  })
  if (!(await git.moveRef(ref, oid, head))) throw stale(input.expectedHeadOid)
  const commit = await commitNode(world, oid)
  return {
    clientMutationId: input.clientMutationId ?? null,
    commit,
    ref: { name: branch, target: commit },
  }
}

async function commitNode(world: World, oid: string): Promise<object> {
  const { message, committer, signature } = await world.git.readCommit(oid)
  return {
    oid,
    url: `${world.serverUrl()}/${world.owner}/${world.name}/commit/${oid}`,
    message,
    committedDate: committer.date,
    signature:
      signature === undefined
        ? null
        : {
            isValid: true,
            state: 'VALID',
            verifiedAt: committer.date,
            wasSignedByGitHub: true,
          },
  }
}

function stale(expected: string): GraphQLError {
  // GitHub has two spaces here, too.
  return failure(
    'STALE_DATA',
    `Expected branch to point to "${expected}" but it did not.  Pull and try again.`,
  )
}

function failure(type: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { type } })
}

/** GitHub adds `type` next to the message, which GraphQL's own errors don't have. */
function asGitHub(error: GraphQLError): GraphQLFormattedError & { readonly type?: unknown } {
  const { extensions = {}, ...rest } = error.toJSON()
  const { type, ...others } = extensions
  return {
    ...(type !== undefined && { type }),
    ...rest,
    ...(Object.keys(others).length > 0 && { extensions: others }),
  }
}
