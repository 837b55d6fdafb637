import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import * as z from 'zod'

export type Env = Readonly<Record<string, string | undefined>>

/** What the runner and the event say about a run. Read once; everything else gets it as data. */
export type RunContext = Readonly<Awaited<ReturnType<typeof readRunContext>>>

const repository = z.object({ full_name: z.string() })
const eventSchema = z.object({
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
export async function readRunContext(env: Env) {
  const { pull_request, workflow_run } = await readEvent(env['GITHUB_EVENT_PATH'])
  const own = env['GITHUB_REPOSITORY'] ?? ''
  const serverUrl = env['GITHUB_SERVER_URL'] || 'https://github.com'
  const isTag = env['GITHUB_REF_TYPE'] === 'tag'
  const heads = [
    ...(pull_request ? [pull_request.head.repo] : []),
    ...(workflow_run ? [workflow_run.head_repository] : []),
  ]
  return {
    workspace: env['GITHUB_WORKSPACE'] || process.cwd(),
    /** `owner/name`. */
    repository: own,
    /** Such as `push`. */
    eventName: env['GITHUB_EVENT_NAME'] ?? '',
    /** `GITHUB_SHA`: for a pull request, the merge commit. */
    sha: env['GITHUB_SHA'] ?? '',
    /** The branch that the run is for; absent for a tag. */
    branch: pull_request?.head.ref ?? (isTag ? undefined : env['GITHUB_REF_NAME'] || undefined),
    /** The pull request that the run is for. */
    pull: pull_request && { number: pull_request.number, headSha: pull_request.head.sha },
    /** Whether the commit behind the event belongs to a fork, or to one that was deleted. */
    isOfFork: heads.some((head) => head?.full_name !== own),
    serverUrl,
    apiUrl: env['GITHUB_API_URL'] || 'https://api.github.com',
    /** The page of the run, such as `https://github.com/octo/docs/actions/runs/77`. */
    runUrl: `${serverUrl}/${own}/actions/runs/${env['GITHUB_RUN_ID'] ?? ''}`,
    tempFolder: tempFolderIn(env),
    /** Whether artifacts can be uploaded: the client refuses to on GitHub Enterprise Server, whatever its variables. */
    hasArtifactService:
      /^github\.com$|\.(ghe\.com|localhost)$/i.test(new URL(serverUrl).hostname) &&
      Boolean(env['ACTIONS_RUNTIME_TOKEN'] && env['ACTIONS_RESULTS_URL']),
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
