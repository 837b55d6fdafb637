import type { Token } from './access.ts'
import type { BareRepository } from './bare-repository.ts'
import type { Signature, StoredCommit } from './commit-object.ts'
import { Refusal } from './refusal.ts'

/** The parts of a pull request that git doesn't store. */
export interface PullRequest {
  readonly number: number
  title: string
  body: string | null
  state: 'open' | 'closed'
  draft: boolean
  readonly head: string
  base: string
  readonly login: string
  readonly createdAt: string
  updatedAt: string
  mergedAt: string | null
  /** The head commit when it was closed. */
  closedHeadSha?: string
}

export interface Comment {
  readonly id: number
  readonly issue: number
  body: string
  readonly login: string
  readonly createdAt: string
  updatedAt: string
}

/**
 * - `protection`: a classic one, which a workflow's token can't read
 * - `restricted`: a classic one that names who may push, and that GraphQL tells
 * - `ruleset`: pull requests only
 * - `queue`: merge queue only
 * - `bypassed`: a ruleset that every token may bypass
 */
export type Protection = 'protection' | 'restricted' | 'ruleset' | 'queue' | 'bypassed'

/** An artifact as the API lists it. */
export interface RunArtifact {
  readonly id: number
  readonly name: string
  readonly digest: string
  readonly createdAt: string
  readonly bytes: Buffer
  readonly run: {
    readonly id: number
    readonly branch: string
    /** The commit that the run was for; absent: where its branch is, or for a tag the default branch. */
    readonly sha?: string
    readonly isOfFork: boolean
  }
}

/** One repository at GitHub: its git repository, and everything else. */
export interface World {
  readonly owner: string
  readonly name: string
  readonly defaultBranch: string
  readonly git: BareRepository
  readonly pulls: PullRequest[]
  readonly comments: Comment[]
  /** Branches that refuse direct changes, with the kind of rule. */
  readonly protectedBranches: Map<string, Protection>
  /** Where Git LFS keeps its files; absent: it is off. */
  readonly lfs: Map<string, Buffer> | undefined
  /** What earlier runs uploaded. */
  readonly artifacts: readonly RunArtifact[]
  /** Whether workflows may open pull requests: a repository setting, off by default. */
  readonly workflowsMayOpenPulls: boolean
  /** The web interface, such as `http://github.localhost:1234`. */
  readonly serverUrl: () => string
  readonly apiUrl: () => string
}

/** The author of a commit created through the API, when the request names none. */
export function identity(token: Token, date = new Date().toISOString()): Signature {
  if (token.kind === 'workflow') {
    return {
      name: 'github-actions[bot]',
      email: '41898282+github-actions[bot]@users.noreply.github.com',
      date,
    }
  }
  return { name: token.login, email: `${token.login}@users.noreply.github.com`, date }
}

export function webFlow(date: string): Signature {
  return { name: 'GitHub', email: 'noreply@github.com', date }
}

/** @throws {Refusal} when rules forbid direct changes to a branch */
export function refuseProtected(world: World, branch: string): void {
  const rule = world.protectedBranches.get(branch)
  if (rule === 'protection' || rule === 'restricted')
    throw new Refusal(422, 'Changes must be made through a pull request.')
  if (rule === 'ruleset' || rule === 'queue') {
    throw new Refusal(
      422,
      'Repository rule violations found\n\nChanges must be made through a pull request.\n\n',
    )
  }
}

/** `verification` of REST's commits. */
export function verificationOf({ signature }: StoredCommit): Record<string, unknown> {
  if (signature === undefined) {
    return { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null }
  }
  const verified_at = new Date().toISOString()
  return { verified: true, reason: 'valid', signature, payload: 'tree …', verified_at }
}

/** GitHub recognises accounts by their email addresses. */
export function accountOf({ name, email }: Signature): Record<string, unknown> | null {
  if (!email.endsWith('@users.noreply.github.com')) return null
  const login = email.replace(/^\d+\+/, '').replace('@users.noreply.github.com', '')
  return { login, name, type: login.endsWith('[bot]') ? 'Bot' : 'User' }
}
