import { UsageError } from '../../config/diagnostic.ts'
import type { ActionInputs } from '../inputs.ts'
import type { RunnerContext } from './run-context.ts'

/** The branch that a run's files go to, if they go to one. */
export type Target =
  | { readonly kind: 'commit'; readonly branch: string }
  | {
      readonly kind: 'pull-request'
      /** The branch to commit to: one for each base, the same every time. */
      readonly branch: string
      /** The branch to merge it into. */
      readonly base: string
    }

/**
 * Decides where a run's files go, before anything is spent.
 *
 * @returns `undefined` when they go to no branch
 * @throws {UsageError} when the run isn't on a branch and the inputs name none
 */
export function resolveTarget(
  { deliver, branch, base }: Pick<ActionInputs, 'deliver' | 'branch' | 'base'>,
  runner: Pick<RunnerContext, 'branch'>,
): Target | undefined {
  if (deliver.includes('commit')) {
    return { kind: 'commit', branch: branchName(branch ?? runner.branch, 'branch') }
  }
  if (!deliver.includes('pull-request')) return undefined
  const into = branchName(base ?? runner.branch, 'base')
  const from = branch === undefined ? `easel/${into}` : branchName(branch, 'branch')
  if (from === into) {
    throw new UsageError(`A pull request can’t go from ${from} to itself: set branch to another branch.`)
  }
  return { kind: 'pull-request', branch: from, base: into }
}

function branchName(name: string | undefined, input: 'branch' | 'base'): string {
  if (name !== undefined) return name.replace(/^refs\/heads\//, '')
  throw new UsageError(
    `This run isn’t on a branch (it may be for a tag): set the input ${input} to a branch.`,
  )
}
