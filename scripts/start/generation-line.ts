import * as z from 'zod'

const generationSchema = z.object({
  event: z.literal('generation'),
  fingerprint: z.string(),
  model: z.string(),
  outcome: z.string(),
  cost_usd: z.number(),
  duration_ms: z.number(),
})

/** What a line of the Worker's log says about a generation, for people; `undefined` for any other line. */
export function generationLine(message: string, baseUrl: string): string | undefined {
  const { data } = generationSchema.safeParse(parseJson(message))
  if (!data) return undefined
  const { fingerprint, model, outcome, cost_usd, duration_ms } = data
  const facts = `${model}, $${cost_usd.toFixed(4)}, ${(duration_ms / 1000).toFixed(1)} s`
  if (outcome !== 'generated') return `Failed: ${outcome} (${facts})`
  return `Generated ${baseUrl}/i/${fingerprint} (${facts})`
}

/** `undefined` for what isn't JSON, as most of what libraries log. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
