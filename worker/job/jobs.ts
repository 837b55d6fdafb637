import { checkCapabilities } from '../../shared/catalogue/capabilities.ts'
import type { Catalogue } from '../../shared/catalogue/catalogue.ts'
import type { ImageModel } from '../../shared/catalogue/model.ts'
import { EaselError } from '../../shared/errors.ts'
import { canonicalSpec, type Fingerprint } from '../../shared/fingerprint.ts'
import { buildRequest, type UpstreamRequest } from '../../shared/openrouter/request.ts'
import { estimateCost } from '../../shared/prices/estimate.ts'
import type { ImageSpec } from '../../shared/spec/schema.ts'
import type { Caller } from '../access/access.ts'
import type { StoredImage } from '../gallery/image-store.ts'
import type { Described } from '../gallery/manifest.ts'
import { toError } from './failure.ts'
import type { GenerationJob } from './generation-job.ts'
import type { GenerateResult, Order, Outcome } from './types.ts'
import type { Settings } from '../settings.ts'

export interface GeneratePorts {
  readonly catalogue: Catalogue
  readonly jobs: DurableObjectNamespace<GenerationJob>
  readonly settings: Pick<Settings, 'allowedModels' | 'maxCostUsd'>
}

export interface Generate {
  /** Has an image generated and waits until it is kept. @throws {EaselError} */
  generate(request: GenerateRequest): Promise<'miss' | 'joined'>
  /**
   * The same for somebody who shows it.
   *
   * @param index  of the image that is wanted as it was generated, at once; `undefined` to wait until all is kept
   * @throws {EaselError}
   */
  generateToShow(request: GenerateRequest, index: number | undefined): Promise<Generating>
  /** Has an image generated without waiting. @throws {EaselError} when it may not be generated */
  submit(request: GenerateRequest): Promise<'miss' | 'joined'>
  /** Whether an image is being generated. @throws {EaselError} that the last attempt, a moment ago, ended with */
  isPending(fingerprint: Fingerprint): Promise<boolean>
  /**
   * Of an image that isn't kept: it may have been sent to somebody and be on its way into R2. Waits for that, and
   * tells whether it is there now; `undefined` when none was on its way.
   */
  arrival(fingerprint: Fingerprint): Promise<Outcome | undefined>
}

export interface Generating {
  readonly cache: 'miss' | 'joined'
  /** What was wanted at once, for whoever had it generated; without, it is kept by now. */
  readonly image?: StoredImage | undefined
}

export type GenerateRequest = (SpecToGenerate | BodyToGenerate) & {
  readonly fingerprint: Fingerprint
  readonly caller: Caller
  /** Generate it although it is there. */
  readonly refresh?: boolean
}

export interface SpecToGenerate {
  readonly spec: ImageSpec
  /** The same image as the model is asked for it, where that differs in what doesn't change the image. */
  readonly sent?: ImageSpec | undefined
}

/** What no spec can express: passed on as it is. */
export interface BodyToGenerate {
  readonly body: {
    readonly request: UpstreamRequest
    /** The models that it names; the first is the one asked for. */
    readonly models: readonly [string, ...string[]]
    /** Its words, for the log. */
    readonly prompt: string
    /** A spec that costs as much; absent when its price can't be told. */
    readonly priceLike?: ImageSpec | undefined
    readonly described: Described
  }
}

/** Everything that is checked before money is spent, and then the image's own job. */
export function createGenerate({ catalogue, jobs, settings }: GeneratePorts): Generate {
  async function order(request: GenerateRequest): Promise<Order> {
    const { fingerprint, caller, refresh = false } = request
    const { estimate, ...what } = 'spec' in request ? await orderSpec(request) : await orderBody(request)
    if (estimate !== undefined && estimate > settings.maxCostUsd) throw tooDear(estimate, settings.maxCostUsd)
    return { ...what, fingerprint, caller, refresh, reserveUsd: estimate ?? settings.maxCostUsd }
  }

  async function orderSpec({ spec, sent = spec }: SpecToGenerate) {
    const entry = await allowedModel(spec.model)
    checkCapabilities(sent, entry)
    return {
      request: buildRequest(sent, entry),
      described: { spec: await canonicalSpec(spec) },
      model: spec.model,
      prompt: spec.prompt,
      estimate: estimateCost(sent, entry).usd,
    }
  }

  async function orderBody({ body: { request, models, prompt, priceLike, described } }: BodyToGenerate) {
    const [first, ...others] = models
    const entry = await allowedModel(first)
    for (const model of others) await allowedModel(model)
    // Where it can: previews, and a connection that stays alive while the model works.
    const streams = request.path === '/chat/completions' || entry.supports_streaming
    return {
      request: { path: request.path, body: { ...request.body, ...(streams && { stream: true }) } },
      described,
      model: first,
      prompt,
      estimate: priceLike && others.length === 0 ? estimateCost(priceLike, entry).usd : undefined,
    }
  }

  async function allowedModel(id: string): Promise<ImageModel> {
    assertAllowed(id, settings.allowedModels)
    return (await catalogue.model(id)).model
  }

  function jobOf(fingerprint: Fingerprint): DurableObjectStub<GenerationJob> {
    return jobs.get(jobs.idFromName(fingerprint))
  }

  async function generate(request: GenerateRequest, index?: number): Promise<Generating> {
    const ordered = await order(request)
    return unwrap(await survive<GenerateResult>(jobOf(request.fingerprint).generate(ordered, index)))
  }

  return {
    generate: async (request) => (await generate(request)).cache,
    generateToShow: generate,
    async submit(request) {
      const ordered = await order(request)
      return unwrap(await survive<GenerateResult>(jobOf(request.fingerprint).submit(ordered))).cache
    },
    async isPending(fingerprint) {
      const status = await jobOf(fingerprint).status()
      if (typeof status === 'object' && !status.ok) throw toError(status.failure)
      return status === 'pending'
    },
    arrival: (fingerprint) => survive<Outcome | undefined>(jobOf(fingerprint).stored()),
  }
}

function unwrap(result: GenerateResult): Generating {
  if (result.ok) return { cache: result.cache, image: result.generated }
  throw toError(result.failure)
}

/** The job's object was restarted under us. The job itself goes on from what it has written down. */
async function survive<T>(result: Promise<T>): Promise<T> {
  try {
    return await result
  } catch (cause) {
    throw new EaselError(
      'upstream_failed',
      'Easel was restarted while the image was being generated. Ask again in a moment: what was paid for is kept.',
      { extras: { retryAfterSeconds: 2 }, cause },
    )
  }
}

function assertAllowed(model: string, allowed: readonly string[]): void {
  const [author = ''] = model.split('/')
  if (allowed.length === 0 || allowed.includes(model) || allowed.includes(`${author}/*`)) return
  throw new EaselError(
    'forbidden',
    `This Easel does not generate with ${model}. It does with: ${allowed.join(', ')}.`,
    {
      extras: { field: 'model', accepts: allowed },
    },
  )
}

function tooDear(usd: number, maxCostUsd: number): EaselError {
  return new EaselError(
    'budget_exhausted',
    `This image would cost about $${usd.toFixed(2)}, and one image may cost $${maxCostUsd.toFixed(2)} at most here (EASEL_MAX_COST_USD). Choose a smaller size or another model.`,
  )
}
