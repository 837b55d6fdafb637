import type { Catalogue } from '../../shared/catalogue/catalogue.ts'
import { createCatalogue } from '../../shared/catalogue/catalogue.ts'
import { createOpenRouterClient, OPENROUTER_BASE_URL } from '../../shared/openrouter/client.ts'
import { createConverter } from './convert.ts'
import { generateImages, type GenerateOptions, type GenerateTools } from './generate-images.ts'
import { decodeWithBuffer } from './node-base64.ts'
import { prune } from './prune.ts'
import type { RunResult } from './results.ts'
import { createImageSaver } from './save-image.ts'
import type { PlannedProject } from '../plan/plan-project.ts'

/** Where OpenRouter is, and who asks. */
export interface Upstream {
  readonly apiKey: string | undefined
  /** Without a slash at the end. */
  readonly baseUrl: string
}

export interface RunOptions extends GenerateOptions {
  /** Whether orphans are removed at the end. */
  readonly prune: boolean
}

/** What a host brings to a run. */
export type RunHost = Pick<GenerateTools, 'report' | 'stop' | 'abort'> & {
  /** Where images go that were paid for and have no place. */
  readonly rescueFolder: string
}

/** Generates what the plan says, then prunes if asked to. */
export async function run(
  { project: { root, lock }, plan }: PlannedProject,
  options: RunOptions,
  { apiKey, baseUrl }: Upstream & { readonly apiKey: string },
  { rescueFolder, ...host }: RunHost,
): Promise<RunResult> {
  const result = await generateImages(plan, options, {
    ...host,
    root,
    lock,
    now: () => performance.now(),
    client: createOpenRouterClient({ apiKey, baseUrl, decodeBlock: decodeWithBuffer }),
    saver: createImageSaver(root, rescueFolder),
    convert: createConverter(),
  })
  if (!options.prune || result.stoppedBy !== undefined) return result
  return { ...result, pruned: await prune(plan.orphans, { root, lock }) }
}

/** The live catalogue, and the snapshot where it can't be had. */
export function onlineCatalogue({ apiKey, baseUrl }: Upstream): Catalogue {
  return createCatalogue({
    fetch,
    baseUrl,
    // OpenRouter's lists are public; a Worker's may not be.
    ...(apiKey !== undefined && baseUrl !== OPENROUTER_BASE_URL && { apiKey }),
    now: Date.now,
  })
}

/** The snapshot alone: no request is made. */
export function offlineCatalogue(): Catalogue {
  return createCatalogue({
    fetch: () => Promise.reject(new Error('offline by choice')),
    baseUrl: OPENROUTER_BASE_URL,
    now: Date.now,
  })
}
