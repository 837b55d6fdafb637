/** Each resolves when its part works, and rejects with a sentence for the operator when it doesn't. */
export type HealthChecks = Readonly<Record<string, () => Promise<void>>>

/** A check that takes longer counts as failed, milliseconds: whoever asks for health won't wait. */
const TIMEOUT_MS = 5000

/** 200 when all parts work, else 503; either way, each part by name. */
export async function healthResponse(checks: HealthChecks): Promise<Response> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await outcome(check)] as const),
  )
  const healthy = results.every(([, result]) => result === 'ok')
  return Response.json(
    { status: healthy ? 'ok' : 'failing', checks: Object.fromEntries(results) },
    { status: healthy ? 200 : 503, headers: { 'Cache-Control': 'no-store' } },
  )
}

async function outcome(check: () => Promise<void>): Promise<string> {
  try {
    await Promise.race([check(), timeout()])
    return 'ok'
  } catch (error) {
    return error instanceof Error ? error.message : 'failed'
  }
}

function timeout(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)), TIMEOUT_MS)
  })
}

/** R2 answers. */
export async function checkBucket(bucket: R2Bucket): Promise<void> {
  // Of an object that isn't there: the cheapest question there is.
  await bucket.head('healthz')
}

/** OpenRouter can be reached and knows the key. */
export async function checkKey(baseUrl: string, apiKey: string): Promise<void> {
  const response = await fetch(`${baseUrl}/key`, { headers: { Authorization: `Bearer ${apiKey}` } })
  await response.body?.cancel()
  if (response.status === 401) throw new Error('OpenRouter refuses the key: check OPENROUTER_API_KEY')
  if (!response.ok) throw new Error(`OpenRouter answers ${response.status}`)
}
