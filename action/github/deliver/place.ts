import { readFile } from 'node:fs/promises'
import * as z from 'zod'

/** Where a run stands: which branch it is for, and what it looks at. */
export interface Place {
  /** Absent for a tag. */
  readonly branch: string | undefined
  /** The commit of that branch that the run began with. */
  readonly checkedOut: string
  /** The pull request that the run is for. */
  readonly pullNumber: number | undefined
  /** As `https://github.com/octo/docs/actions/runs/77`. */
  readonly runUrl: string
}

const eventSchema = z.object({
  pull_request: z
    .object({ number: z.int(), head: z.object({ sha: z.string(), ref: z.string() }) })
    .optional(),
})

/** Reads the runner's variables and the event. */
export async function readPlace(env: Readonly<Record<string, string | undefined>>): Promise<Place> {
  const path = env['GITHUB_EVENT_PATH']
  const event: unknown = path ? JSON.parse(await readFile(path, 'utf8')) : {}
  const parsed = eventSchema.safeParse(event)
  const pull = parsed.success ? parsed.data.pull_request : undefined
  const server = env['GITHUB_SERVER_URL'] || 'https://github.com'
  const runUrl = `${server}/${env['GITHUB_REPOSITORY'] ?? ''}/actions/runs/${env['GITHUB_RUN_ID'] ?? ''}`
  if (pull) return { branch: pull.head.ref, checkedOut: pull.head.sha, pullNumber: pull.number, runUrl }
  const isTag = env['GITHUB_REF_TYPE'] === 'tag'
  return {
    branch: isTag ? undefined : env['GITHUB_REF_NAME'] || undefined,
    checkedOut: env['GITHUB_SHA'] ?? '',
    pullNumber: undefined,
    runUrl,
  }
}
