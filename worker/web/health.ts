import { keepFresh } from '../../shared/catalogue/keep-fresh.ts'

/** Each resolves when its part works. Otherwise it rejects with a sentence for the operator. */
export type HealthChecks = Readonly<Record<string, () => Promise<void>>>

/** A check that takes longer counts as failed, milliseconds: whoever asks for health won't wait. */
const TIMEOUT_MS = 5000

/** How long a result counts, milliseconds: strangers may ask, and the checks use the operator's key. */
const TTL_MS = 10_000

/** {@link healthResponse}, checked at most once in ten seconds. */
export function createHealth(checks: HealthChecks, now: () => number): () => Promise<Response> {
  const results = keepFresh(() => resultsOf(checks), {
    ttlMs: TTL_MS,
    retryMs: TTL_MS,
    timeoutMs: TIMEOUT_MS + 1000,
    now,
    onFailure: console.error,
  })
  return async () => toResponse((await results()) ?? { easel: 'No result yet.' })
}

/** 200 when all parts work, else 503; in both, each part by name. */
export async function healthResponse(checks: HealthChecks): Promise<Response> {
  return toResponse(await resultsOf(checks))
}

/** `ok`, or a sentence, by name. */
type Results = Readonly<Record<string, string>>

async function resultsOf(checks: HealthChecks): Promise<Results> {
  const results = Object.entries(checks).map(async ([name, check]) => [name, await resultOf(check)] as const)
  return Object.fromEntries(await Promise.all(results))
}

function toResponse(checks: Results): Response {
  const healthy = Object.values(checks).every((result) => result === 'ok')
  return Response.json(
    { status: healthy ? 'ok' : 'failing', checks },
    { status: healthy ? 200 : 503, headers: { 'Cache-Control': 'no-store' } },
  )
}

async function resultOf(check: () => Promise<void>): Promise<string> {
  try {
    await Promise.race([check(), timeout()])
    return 'ok'
  } catch (error) {
    return error instanceof Error ? error.message : 'failed'
  }
}

function timeout(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`No response within ${TIMEOUT_MS / 1000} s.`)), TIMEOUT_MS)
  })
}

/** R2 responds. */
export async function checkBucket(bucket: R2Bucket): Promise<void> {
  // The cheapest request there is: an object that doesn't exist.
  await bucket.head('healthz')
}

/** The budget's ledger responds. */
export async function checkLedger(use: () => Promise<unknown>): Promise<void> {
  try {
    await use()
  } catch (cause) {
    console.error(cause)
    throw new Error(
      'The budget ledger failed: cached images are served, and no new image can be generated.',
      {
        cause,
      },
    )
  }
}

/** OpenRouter can be reached and accepts the key. */
export async function checkKey(baseUrl: string, apiKey: string): Promise<void> {
  const response = await fetch(`${baseUrl}/key`, { headers: { Authorization: `Bearer ${apiKey}` } })
  await response.body?.cancel()
  if (response.status === 401) throw new Error('OpenRouter rejects the key: check OPENROUTER_API_KEY.')
  if (!response.ok) throw new Error(`OpenRouter responds with ${response.status}.`)
}
