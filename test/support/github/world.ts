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

/** One repository at GitHub: its git repository, and everything else. */
export interface World {
  readonly owner: string
  readonly name: string
  readonly defaultBranch: string
  readonly git: BareRepository
  readonly pulls: PullRequest[]
  readonly comments: Comment[]
  /** Branches that accept changes only through pull requests, with the kind of rule. */
  readonly protectedBranches: Map<string, 'protection' | 'ruleset'>
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
  if (rule === 'protection') throw new Refusal(422, 'Changes must be made through a pull request.')
  if (rule === 'ruleset') {
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
