import * as z from 'zod'
import { startDeadline } from '../deadline.ts'
import type { RetryClock } from './retry.ts'

const MAX_TRIES = 4
const FIRST_DELAY_MS = 1000
const TOTAL_MS = 60_000

/** The part of `GET /generation` that says what it cost. */
const generationResponse = z.object({
  data: z.object({
    total_cost: z.number(),
    is_byok: z.boolean().nullish().catch(undefined),
    upstream_inference_cost: z.number().nullish().catch(undefined),
  }),
})

/** The status and body of `GET /generation`, or `undefined` when nobody responded. */
export type GetGeneration = (
  signal: AbortSignal,
) => Promise<{ readonly status: number; readonly body: string } | undefined>

/**
 * What a generation cost, USD. OpenRouter takes a while to record it, so a 404 may mean “not yet”.
 *
 * @param signal  the caller's
 * @returns `undefined` when that can't be learnt within a minute
 * @throws the signal's reason when the caller aborts
 */
export async function generationCost(
  getGeneration: GetGeneration,
  { sleep, random }: Pick<RetryClock, 'sleep' | 'random'>,
  callerSignal?: AbortSignal,
): Promise<number | undefined> {
  using deadline = startDeadline(TOTAL_MS)
  const timeout = deadline.signal
  const signal = callerSignal ? AbortSignal.any([callerSignal, timeout]) : timeout
  try {
    for (let attempt = 1; ; attempt++) {
      const response = await getGeneration(signal)
      if (response?.status === 200) return costIn(response.body)
      if (attempt === MAX_TRIES || (response && !mayPass(response.status))) return undefined
      const ceiling = FIRST_DELAY_MS * 2 ** attempt
      await sleep(ceiling / 2 + (random() * ceiling) / 2, signal)
    }
  } catch (error) {
    callerSignal?.throwIfAborted()
    if (timeout.aborted) return undefined
    throw error
  }
}

/** Not recorded yet, too many requests, or a failure of the moment. */
function mayPass(status: number): boolean {
  return status === 404 || status === 408 || status === 429 || status >= 500
}

function costIn(body: string): number | undefined {
  const generation = generationResponse.safeParse(parseJson(body)).data?.data
  if (!generation) return undefined
  const { total_cost, is_byok, upstream_inference_cost } = generation
  return is_byok === true ? total_cost + (upstream_inference_cost ?? 0) : total_cost
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
