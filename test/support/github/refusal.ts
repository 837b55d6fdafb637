import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { z } from 'zod'

/** A request that GitHub refuses, with GitHub's message. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: ContentfulStatusCode
  readonly extras: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: ContentfulStatusCode,
    message: string,
    extras: Readonly<Record<string, unknown>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message)
    this.status = status
    this.extras = extras
    this.headers = headers
  }
}

export function notFound(): Refusal {
  return new Refusal(404, 'Not Found')
}

/** 422 with an error for each field. */
export function validationFailed(errors: readonly Readonly<Record<string, unknown>>[]): Refusal {
  return new Refusal(422, 'Validation Failed', { errors })
}

export function respondWithRefusal(c: Context, refusal: Refusal): Response {
  return c.json(
    {
      message: refusal.message,
      ...refusal.extras,
      documentation_url: 'https://docs.github.com/rest',
      status: String(refusal.status),
    },
    refusal.status,
    { ...refusal.headers },
  )
}

/** Parses the body for an endpoint, and refuses unknown keys. */
export async function readBody<T extends z.ZodType>(c: Context, schema: T): Promise<z.infer<T>> {
  const body: unknown = await c.req.json().catch(() => {
    throw new Refusal(400, 'Problems parsing JSON')
  })
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => `"${key}" is not a permitted key.`).join('\n')
    }
    return `For '${issue.path.map(String).join('/')}', ${issue.message}.`
  })
  throw new Refusal(422, `Invalid request.\n\n${problems.join('\n')}`)
}
