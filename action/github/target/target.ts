import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { UsageError } from '../../config/diagnostic.ts'
import { createLinkFinder, pathProblem } from '../../files/safe-path.ts'
import {
  changedSinceHead,
  type Checkout,
  folderInRepository,
  parentsOfHead,
  readCheckout,
} from '../../git/checkout.ts'
import type { PlannedProject } from '../../plan/plan-project.ts'
import type { GitHubApi } from '../api/api.ts'
import { unlessUnknown } from '../api/failure.ts'
import { headOf, holds } from '../api/read.ts'
import type { ActionInputs } from '../inputs.ts'
import type { RunContext } from './run-context.ts'

/** The branch that a run's files go to. */
export interface Destination {
  /** The branch to commit to. */
  readonly branch: string
  /** The branch that a pull request is to merge it into; absent for a commit without one. */
  readonly base?: string
  /** The commit that the workspace was checked out from, without the merge that GitHub adds for a pull request. */
  readonly checkedOut: string
}

/** Where a run stands and where its files go, settled before anything is generated. */
export interface Target {
  /** The folder to work in. */
  readonly root: string
  /** Where `root` is in the repository: empty, or such as `site/`. */
  readonly folder: string
  readonly deliver: ActionInputs['deliver']
  /** Absent where no git can tell. */
  readonly checkout: Checkout | undefined
  /** Absent when the files go to no branch. */
  readonly destination?: Destination
  /** Why the run must not generate anything. */
  readonly planOnly?: string
}

/**
 * Events that take write access to cause. Anybody can cause others, and a workflow may check out their code for them.
 * A pull request from a fork is told by its head.
 */
const TRUSTED_EVENTS: ReadonlySet<string> = new Set(
  'push pull_request pull_request_review schedule workflow_dispatch repository_dispatch release create deployment deployment_status page_build registry_package'.split(
    ' ',
  ),
)

/**
 * Decides where a run's files go, and whether it may generate any. Asks GitHub only when git and the event leave it
 * open.
 *
 * @throws {UsageError} when the inputs name what can't work
 * @throws {DeliveryError} when GitHub has to be asked, and there is no token
 */
export async function settleTarget(inputs: ActionInputs, run: RunContext, api: GitHubApi): Promise<Target> {
  const { root, folder: given } = await workingFolder(run.workspace, inputs.workingDirectory)
  const folder = folderInRepository(root) ?? given
  // What only plans asks git for nothing.
  const checkout = inputs.mode === 'generate' ? await readCheckout(root) : undefined
  const deliver = inputs.deliver.length > 0 ? inputs.deliver : [defaultDelivery(run)]
  const place: Target = { root, folder, deliver, checkout }
  if (inputs.mode !== 'generate') return place
  const reason = eventReason(run) ?? keyReason(inputs)
  if (reason !== undefined) return { ...place, planOnly: reason }
  // Most would expect what a push to a branch does.
  const isUndirected = run.branch === undefined && run.eventName === 'push' && !inputs.branch && !inputs.base
  if (isUndirected && inputs.deliver.length === 0) return { ...place, planOnly: UNNAMED }
  const isPull = deliver.includes('pull-request')
  if (!isPull && !deliver.includes('commit')) {
    const untrusted = await untrustedReason(checkout, run, api)
    return untrusted === undefined ? place : { ...place, planOnly: untrusted }
  }

  const named = isPull ? inputs.base : inputs.branch
  /** The branch whose files the workspace must hold. */
  const into = named ?? run.branch
  if (into === undefined) return { ...place, planOnly: UNNAMED }
  const branch = isPull ? (inputs.branch ?? `easel/${into}`) : into
  if (isPull && branch === into) {
    throw new UsageError(`A pull request can’t go from ${branch} to itself: set branch to another branch.`)
  }
  if (!checkout) return { ...place, planOnly: NO_CHECKOUT }
  if (checkout.isSubmodule) {
    throw new UsageError(
      `${root} is a submodule, which is another repository: run Easel in that repository, or set deliver to none.`,
    )
  }
  const checkedOut = await commitOf(into, checkout)
  if (checkedOut === undefined) return { ...place, planOnly: elsewhereReason(into, checkout) }
  const destination = { branch, checkedOut, ...(isPull && { base: into }) }
  return { ...place, destination }

  /** The commit of a branch that the workspace holds; `undefined` when it holds another one. */
  async function commitOf(name: string, { sha, branch: held }: Checkout): Promise<string | undefined> {
    if (name === run.branch) {
      const { headSha } = run.pull ?? { headSha: run.sha }
      if (sha === headSha) return sha
      // The default checkout of a pull request is its merge with the base.
      if (run.pull && sha === run.sha && (await parentsOfHead(root))[1] === headSha) return headSha
    }
    if (named === undefined && held !== name) return undefined
    const head = await headOf(api, name)
    if (head === undefined) throw new UsageError(`There is no branch ${name}.`)
    return (await holds(api, head, sha)) ? sha : undefined
  }
}

const UNNAMED =
  'This run isn’t on a branch (it may be for a tag), so Easel only plans. To generate, set deliver to none or artifact, to commit with the input branch, or to pull-request with base.'

const NO_CHECKOUT =
  'The workspace isn’t a git checkout, so Easel can’t tell which commit it holds and only plans. Check it out with actions/checkout, in a container that has git.'

/** A push to a branch is committed to it. */
function defaultDelivery({ eventName, branch }: RunContext): ActionInputs['deliver'][number] {
  return eventName === 'push' && branch !== undefined ? 'commit' : 'none'
}

function eventReason({ eventName, pull, isOfFork }: RunContext): string | undefined {
  if (eventName === 'pull_request_target') {
    return 'On pull_request_target Easel only plans, so that a pull request can’t spend your money.'
  }
  if (eventName === 'merge_group') return 'The branch of a merge queue is read-only, so Easel only plans.'
  if (!isOfFork) return undefined
  return pull
    ? 'The pull request comes from a fork, so Easel only plans and spends nothing.'
    : 'A run for a fork started this workflow, so Easel only plans and spends nothing.'
}

function keyReason({ openrouterApiKey }: ActionInputs): string | undefined {
  if (openrouterApiKey !== undefined) return undefined
  return 'The input openrouter-api-key is empty, so Easel only plans. Add the secret OPENROUTER_API_KEY and pass it to the input.'
}

/** Why the code in the workspace may be anybody's. */
async function untrustedReason(
  checkout: Checkout | undefined,
  { eventName, sha: own }: RunContext,
  { request }: GitHubApi,
): Promise<string | undefined> {
  if (TRUSTED_EVENTS.has(eventName)) return undefined
  if (!checkout) return NO_CHECKOUT
  const { sha } = checkout
  if (sha === own) return undefined
  // A fork's commits are reachable in its parent as well, but no branch of the parent points to them.
  const route = 'GET /repos/{owner}/{repo}/commits/{commit_sha}/branches-where-head'
  const branches = await request(route, { commit_sha: sha }).catch(unlessUnknown)
  if (branches && branches.data.length > 0) return undefined
  return `Anyone can cause ${eventName}, and the workspace holds ${short(sha)}, which is on no branch of this repository: it may come from a fork, so Easel only plans.`
}

/**
 * Why what a plan would generate may be declared by anybody, although the commit of the workspace is trusted: a workflow
 * may check out a fork in a folder, or write its files over those of the commit.
 */
export async function foreignReason(
  { project, plan }: PlannedProject,
  { root }: Target,
  { eventName }: RunContext,
): Promise<string | undefined> {
  if (TRUSTED_EVENTS.has(eventName)) return undefined
  const files = new Set([project.configPath, ...plan.images.map(({ image }) => image.where(['path']).file)])
  const [file] = await changedSinceHead(root, [...files])
  if (file === undefined) return undefined
  return `Anyone can cause ${eventName}, and ${file} isn’t in the commit of the workspace, or was changed since: it may come from a fork, so Easel only plans.`
}

function elsewhereReason(into: string, { sha, branch }: Checkout): string {
  const held = branch === undefined ? short(sha) : `${short(sha)} of ${branch}`
  const other = branch === undefined || branch === into ? '' : `, or set branch to ${branch}`
  return `The workspace holds ${held}, and the images would go to ${into}, so Easel only plans. Check out ${into}${other}.`
}

async function workingFolder(
  workspace: string,
  given: string | undefined,
): Promise<Pick<Target, 'root' | 'folder'>> {
  const path = given?.replace(/^\.\//, '').replace(/\/+$/, '') ?? '.'
  if (path === '.' || path === '') return { root: workspace, folder: '' }
  const refuse = (problem: string): UsageError =>
    new UsageError(`The input working-directory is ${JSON.stringify(given)}, which ${problem}.`)
  const problem = pathProblem(path)
  if (problem) throw refuse(problem)
  const link = await createLinkFinder(workspace).linkIn(path)
  if (link !== undefined) throw refuse(`goes through the symbolic link ${link}`)
  const root = join(workspace, ...path.split('/'))
  const found = await stat(root).catch(() => undefined)
  if (!found?.isDirectory()) throw refuse('is not a folder of the workspace')
  return { root, folder: `${path}/` }
}

function short(sha: string): string {
  return sha.slice(0, 7)
}
