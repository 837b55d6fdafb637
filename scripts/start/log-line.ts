import * as z from 'zod'
import { formatUsd } from '../../shared/format.ts'

const generationSchema = z.object({
  event: z.literal('generation'),
  fingerprint: z.string(),
  path: z.string().optional(),
  model: z.string(),
  outcome: z.string(),
  cost_usd: z.number(),
  duration_ms: z.number(),
  prompt: z.string().default(''),
})

const warningSchema = z.object({ warnings: z.array(z.string()) })

/** Characters of a prompt in a line. */
const PROMPT_LENGTH = 40

/** What a line of the Worker's log says to the person who started it; `undefined` for most lines. */
export function logLine(message: string, baseUrl: string): string | undefined {
  const json = parseJson(message)
  const generation = generationSchema.safeParse(json).data
  if (generation) return generationLine(generation, baseUrl)
  return warningSchema
    .safeParse(json)
    .data?.warnings.map((warning) => `Warning: ${warning}`)
    .join('\n')
}

function generationLine(generation: z.infer<typeof generationSchema>, baseUrl: string): string {
  const { fingerprint, path, model, outcome, cost_usd, duration_ms, prompt } = generation
  const facts = `${model}, ${formatUsd(cost_usd)}, ${(duration_ms / 1000).toFixed(1)} s`
  // Empty where EASEL_LOG_PROMPTS is false.
  const what = prompt === '' ? fingerprint.slice(0, 12) : `“${shortened(prompt)}”`
  if (path === undefined) return `Failed: ${outcome}, ${what} (${facts})`
  return `Generated ${what} (${facts}): ${baseUrl}${path}`
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
