/** Each resolves when its part works. Otherwise it rejects with a sentence for the operator. */
export type HealthChecks = Readonly<Record<string, () => Promise<void>>>

/** A check that takes longer counts as failed, milliseconds: whoever asks for health won't wait. */
const TIMEOUT_MS = 5000

/** 200 when all parts work, else 503; in both, each part by name. */
export async function healthResponse(checks: HealthChecks): Promise<Response> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await resultOf(check)] as const),
  )
  const healthy = results.every(([, result]) => result === 'ok')
  return Response.json(
    { status: healthy ? 'ok' : 'failing', checks: Object.fromEntries(results) },
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
