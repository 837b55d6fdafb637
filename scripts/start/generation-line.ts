import * as z from 'zod'
import { formatUsd } from '../../shared/format.ts'

const generationSchema = z.object({
  event: z.literal('generation'),
  fingerprint: z.string(),
  model: z.string(),
  outcome: z.string(),
  cost_usd: z.number(),
  duration_ms: z.number(),
  prompt: z.string().default(''),
})

/** Characters of a prompt in a line. */
const PROMPT_LENGTH = 40

/** What a line of the Worker's log says about a generation, for people; `undefined` for any other line. */
export function generationLine(message: string, baseUrl: string): string | undefined {
  const { data } = generationSchema.safeParse(parseJson(message))
  if (!data) return undefined
  const { fingerprint, model, outcome, cost_usd, duration_ms, prompt } = data
  const facts = `${model}, ${formatUsd(cost_usd)}, ${(duration_ms / 1000).toFixed(1)} s`
  // Empty where EASEL_LOG_PROMPTS is false.
  const what = prompt === '' ? fingerprint.slice(0, 12) : `“${shortened(prompt)}”`
  if (outcome !== 'generated') return `Failed: ${outcome}, ${what} (${facts})`
  return `Generated ${what} (${facts}): ${baseUrl}/i/${fingerprint}`
}

/** On one line, cut between characters. Control characters can't move the cursor. */
function shortened(prompt: string): string {
  const characters = Array.from(prompt.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim())
  if (characters.length <= PROMPT_LENGTH) return characters.join('')
  return `${characters
    .slice(0, PROMPT_LENGTH - 1)
    .join('')
    .trimEnd()}…`
}

/** `undefined` for what isn't JSON, as most of what libraries log. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
