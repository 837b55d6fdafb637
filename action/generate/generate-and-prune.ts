import { createOpenRouterClient } from '../../shared/openrouter/client.ts'
import type { Upstream } from '../config/catalogues.ts'
import { hasProxy } from '../config/proxy.ts'
import type { ExclusivePlan } from '../plan/plan-alone.ts'
import { generateImages, type GenerateOptions, type GenerateTools } from './generate-images.ts'
import { decodeWithBuffer } from './node-base64.ts'
import { createPublicFetch } from './public-fetch.ts'
import { prune } from './prune.ts'
import { type RunResult, unchanged } from './results.ts'
import { createCodecs } from '../adopt/create-codecs.ts'
import { createImageSaver } from '../adopt/image-saver.ts'

export interface RunOptions extends GenerateOptions {
  /** Whether to remove orphans at the end. */
  readonly prune: boolean
}

/** What the terminal or the Action provides. */
export type RunHost = Pick<GenerateTools, 'onProgress' | 'onSaved' | 'stop' | 'abort'>

/** Generates the images of a plan, then removes orphans if asked to. */
export async function generateAndPrune(
  planned: ExclusivePlan,
  options: RunOptions,
  { apiKey, baseUrl }: Upstream & { readonly apiKey: string },
  host: RunHost,
): Promise<RunResult> {
  const { project, plan } = planned
  if (planned.isIdle) return unchanged(plan)
  const { prepare, ...codecs } = createCodecs()
  if (plan.images.some(({ action }) => action === 'generate')) prepare()
  const result = await generateImages(planned, options, {
    ...host,
    hasKey: apiKey !== '',
    now: () => performance.now(),
    client: createOpenRouterClient({
      apiKey,
      baseUrl,
      decodeBlock: decodeWithBuffer,
      // A proxy resolves names itself.
      fetchLink: hasProxy(process.env) ? fetch : createPublicFetch(),
    }),
    saver: createImageSaver({ ...project, ...codecs }),
  })
  if (!options.prune || result.stoppedBy !== undefined || !planned.isAlone()) return result
  return { ...result, pruned: await prune(plan.orphans, project) }
}
