import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import * as z from 'zod'

export type Env = Readonly<Record<string, string | undefined>>

/** What the runner and the event say about a run. Read once; everything else gets it as data. */
export interface RunContext {
  readonly workspace: string
  /** `owner/name`. */
  readonly repository: string
  /** Such as `push`. */
  readonly eventName: string
  /** `GITHUB_SHA`: for a pull request, the merge commit. */
  readonly sha: string
  /** The branch that the run is for; absent for a tag. */
  readonly branch: string | undefined
  /** The pull request that the run is for. */
  readonly pull: { readonly number: number | undefined; readonly headSha: string | undefined } | undefined
  /** Whether the commit behind the event belongs to a fork, or to one that was deleted. */
  readonly isOfFork: boolean
  readonly serverUrl: string
  readonly apiUrl: string
  /** The page of the run, such as `https://github.com/octo/docs/actions/runs/77`. */
  readonly runUrl: string
  readonly tempFolder: string
  /** Whether artifacts can be uploaded. */
  readonly hasArtifactService: boolean
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
    })
    .optional(),
  workflow_run: z.object({ head_repository: repository.nullish() }).optional(),
})

/** Reads the runner's variables and the event that started the run. */
export async function readRunContext(env: Env): Promise<RunContext> {
  const { repository: own, pull_request, workflow_run } = await readEvent(env['GITHUB_EVENT_PATH'])
  const ownRepository = env['GITHUB_REPOSITORY'] ?? ''
  const serverUrl = env['GITHUB_SERVER_URL'] || 'https://github.com'
  const isTag = env['GITHUB_REF_TYPE'] === 'tag'
  const heads = [
    ...(pull_request ? [pull_request.head.repo] : []),
    ...(workflow_run ? [workflow_run.head_repository] : []),
  ]
  return {
    workspace: env['GITHUB_WORKSPACE'] || process.cwd(),
    repository: ownRepository,
    eventName: env['GITHUB_EVENT_NAME'] ?? '',
    sha: env['GITHUB_SHA'] ?? '',
    branch: pull_request?.head.ref ?? (isTag ? undefined : env['GITHUB_REF_NAME'] || undefined),
    pull: pull_request && { number: pull_request.number, headSha: pull_request.head.sha },
    isOfFork: heads.some((head) => own === undefined || head?.full_name !== own.full_name),
    serverUrl,
    apiUrl: env['GITHUB_API_URL'] || 'https://api.github.com',
    runUrl: `${serverUrl}/${ownRepository}/actions/runs/${env['GITHUB_RUN_ID'] ?? ''}`,
    tempFolder: tempFolderIn(env),
    hasArtifactService: Boolean(env['ACTIONS_RUNTIME_TOKEN'] && env['ACTIONS_RESULTS_URL']),
  }
}

export function tempFolderIn(env: Env): string {
  return env['RUNNER_TEMP'] || tmpdir()
}

async function readEvent(path: string | undefined): Promise<z.infer<typeof eventSchema>> {
  if (!path) return {}
  const event: unknown = JSON.parse(await readFile(path, 'utf8'))
  return eventSchema.parse(event)
}
