import { readFile } from 'node:fs/promises'
import * as z from 'zod'

/** What the runner says about the run, beside the inputs. */
export interface Situation {
  readonly workspace: string
  /** `owner/name`. */
  readonly repository: string
  readonly sha: string
  readonly serverUrl: string
  readonly apiUrl: string
  readonly tempFolder: string
  /** Set where other people's code may be in the workspace, and secrets at hand or not. */
  readonly stranger?: Stranger
}

/** Somebody without rights here has a hand in the run: it only plans. */
export interface Stranger {
  /** Why, for the log. */
  readonly why: string
  /** The commit whose config counts, where the one in the workspace can be theirs and secrets are at hand. */
  readonly baseSha?: string
}

const repository = z.object({ full_name: z.string() })
const eventSchema = z.object({
  repository: repository.optional(),
  pull_request: z
    .object({
      // A fork that was deleted since is null.
      head: z.object({ repo: repository.nullish() }),
      base: z.object({ sha: z.string() }),
    })
    .optional(),
  workflow_run: z.object({ head_repository: repository.nullish() }).optional(),
})

/** Reads the runner's variables and the event that started the run. */
export async function readSituation(env: Readonly<Record<string, string | undefined>>): Promise<Situation> {
  const stranger = strangerIn(env['GITHUB_EVENT_NAME'] ?? '', env['GITHUB_SHA'] ?? '', await readEvent(env))
  return {
    workspace: env['GITHUB_WORKSPACE'] || process.cwd(),
    repository: env['GITHUB_REPOSITORY'] ?? '',
    sha: env['GITHUB_SHA'] ?? '',
    serverUrl: env['GITHUB_SERVER_URL'] || 'https://github.com',
    apiUrl: env['GITHUB_API_URL'] || 'https://api.github.com',
    tempFolder: env['RUNNER_TEMP'] || (await import('node:os')).tmpdir(),
    ...(stranger && { stranger }),
  }
}

function strangerIn(
  name: string,
  sha: string,
  { repository: own, pull_request, workflow_run }: z.infer<typeof eventSchema>,
): Stranger | undefined {
  const isOwn = (other: { readonly full_name: string } | null | undefined): boolean =>
    own !== undefined && other?.full_name === own.full_name

  // Has secrets whoever opened the pull request, and workflows are often made to check out its head.
  if (name === 'pull_request_target') {
    return {
      why: 'On pull_request_target Easel only plans, with the config of the base: the pull request must not steer what is spent.',
      baseSha: pull_request?.base.sha ?? sha,
    }
  }
  if (name === 'workflow_run' && !isOwn(workflow_run?.head_repository)) {
    return {
      why: 'The workflow was started by a run for a fork, so Easel only plans, with the config of the base.',
      baseSha: sha,
    }
  }
  if (pull_request && !isOwn(pull_request.head.repo)) {
    return { why: 'The pull request comes from a fork, so Easel only plans: nothing is spent for it.' }
  }
  return undefined
}

async function readEvent(
  env: Readonly<Record<string, string | undefined>>,
): Promise<z.infer<typeof eventSchema>> {
  const path = env['GITHUB_EVENT_PATH']
  if (!path) return {}
  const event: unknown = JSON.parse(await readFile(path, 'utf8'))
  return eventSchema.parse(event)
}
