import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import * as z from 'zod'

export type Env = Readonly<Record<string, string | undefined>>

/** What the runner and the event say about a run. Read once; everything else gets it as data. */
export interface RunnerContext {
  readonly workspace: string
  /** `owner/name`. */
  readonly repository: string
  /** `GITHUB_SHA`: for a pull request, the merge commit. */
  readonly sha: string
  /** The commit that the branch pointed to when the run started. */
  readonly checkedOut: string
  /** The branch that the run is for; absent for a tag. */
  readonly branch: string | undefined
  /** The pull request that the run is for. */
  readonly pullNumber: number | undefined
  readonly serverUrl: string
  readonly apiUrl: string
  /** The page of the run, such as `https://github.com/octo/docs/actions/runs/77`. */
  readonly runUrl: string
  readonly tempFolder: string
  /** Whether artifacts can be uploaded. */
  readonly hasArtifactService: boolean
  /** Set when the run must not spend anything, because someone without write access may have caused it. */
  readonly untrusted?: UntrustedRun
}

export interface UntrustedRun {
  /** Why Easel only plans, for the log. */
  readonly reason: string
  /** The commit to read the config from, when secrets are available and the config in the workspace isn't trusted. */
  readonly baseSha?: string
}

const repository = z.object({ full_name: z.string() })
const eventSchema = z.object({
  repository: repository.optional(),
  pull_request: z
    .object({
      number: z.int().optional(),
      head: z.object({
        sha: z.string().optional(),
        ref: z.string().optional(),
        // Null when the fork has been deleted.
        repo: repository.nullish(),
      }),
      base: z.object({ sha: z.string() }),
    })
    .optional(),
  workflow_run: z.object({ head_repository: repository.nullish() }).optional(),
})

type Event = z.infer<typeof eventSchema>

/** Reads the runner's variables and the event that started the run. */
export async function readRunnerContext(env: Env): Promise<RunnerContext> {
  const event = await readEvent(env['GITHUB_EVENT_PATH'])
  const sha = env['GITHUB_SHA'] ?? ''
  const ownRepository = env['GITHUB_REPOSITORY'] ?? ''
  const serverUrl = env['GITHUB_SERVER_URL'] || 'https://github.com'
  const pull = event.pull_request
  const isTag = env['GITHUB_REF_TYPE'] === 'tag'
  const untrusted = untrustedRun(env['GITHUB_EVENT_NAME'] ?? '', sha, event)
  return {
    workspace: env['GITHUB_WORKSPACE'] || process.cwd(),
    repository: ownRepository,
    sha,
    checkedOut: pull?.head.sha ?? sha,
    branch: pull?.head.ref ?? (isTag ? undefined : env['GITHUB_REF_NAME'] || undefined),
    pullNumber: pull?.number,
    serverUrl,
    apiUrl: env['GITHUB_API_URL'] || 'https://api.github.com',
    runUrl: `${serverUrl}/${ownRepository}/actions/runs/${env['GITHUB_RUN_ID'] ?? ''}`,
    tempFolder: tempFolderIn(env),
    hasArtifactService: Boolean(env['ACTIONS_RUNTIME_TOKEN'] && env['ACTIONS_RESULTS_URL']),
    ...(untrusted && { untrusted }),
  }
}

export function tempFolderIn(env: Env): string {
  return env['RUNNER_TEMP'] || tmpdir()
}

function untrustedRun(
  eventName: string,
  sha: string,
  { repository: own, pull_request, workflow_run }: Event,
): UntrustedRun | undefined {
  const isOwn = (other: { readonly full_name: string } | null | undefined): boolean =>
    own !== undefined && other?.full_name === own.full_name

  // Has secrets whoever opened the pull request, and workflows often check out its head.
  if (eventName === 'pull_request_target') {
    return {
      reason:
        'On pull_request_target Easel only plans, with the config of the base branch, so that a pull request can’t spend your money.',
      baseSha: pull_request?.base.sha ?? sha,
    }
  }
  if (eventName === 'workflow_run' && !isOwn(workflow_run?.head_repository)) {
    return {
      reason:
        'A run for a fork started this workflow, so Easel only plans, with the config of the base branch.',
      baseSha: sha,
    }
  }
  if (pull_request && !isOwn(pull_request.head.repo)) {
    return { reason: 'The pull request comes from a fork, so Easel only plans and spends nothing.' }
  }
  return undefined
}

async function readEvent(path: string | undefined): Promise<Event> {
  if (!path) return {}
  const event: unknown = JSON.parse(await readFile(path, 'utf8'))
  return eventSchema.parse(event)
}
