import type { Fingerprint } from '../../shared/fingerprint.ts'
import { storageFailed } from '../gallery/storage-error.ts'
import type { Manifest } from '../gallery/manifest.ts'
import type { MakeVariant } from '../gallery/variant-store.ts'
import { type Failure, toError } from './failure.ts'
import type { GenerationJob } from './generation-job.ts'
import { pack } from './packed-request.ts'
import { type GenerateRequest, priceRequest, type PricingPorts } from './price-request.ts'
import type { AddThumbhashes } from './thumbhash-maker.ts'
import type { OnPreview } from './previews.ts'
import type { JobRequest, JobResult, SentRequest } from './types.ts'

export type { OnPreview }

/** How often an object that was restarted under a request is asked again. */
const RESTARTS_MAX = 3

export type Generated = JobResult & { readonly ok: true }

/** The jobs, as routes see them. */
export interface Jobs {
  /**
   * Generates an image and waits until it is stored.
   *
   * @param index  of the image to send along where it is at hand; `undefined` for none
   * @param onPreview  told of the previews, where the model streams any
   * @throws {EaselError}
   */
  generate(request: GenerateRequest, index: number | undefined, onPreview?: OnPreview): Promise<Generated>
  /** Generates without waiting. @throws {EaselError} when it may not start */
  submit(request: GenerateRequest): Promise<'miss' | 'collapsed'>
  /** Whether an image is being generated. @throws {EaselError} the failure that is remembered */
  isPending(fingerprint: Fingerprint): Promise<boolean>
  /** @returns whether there was anything. @throws {EaselError} `storage_failed` when not all of it could be deleted */
  purge(fingerprint: Fingerprint): Promise<boolean>
}

export interface JobsPorts extends PricingPorts {
  readonly jobs: DurableObjectNamespace<GenerationJob>
}

/** Prices requests, and has the job of their fingerprint generate them. */
export function createJobs({ jobs, ...pricing }: JobsPorts): Jobs {
  return {
    async generate(request, index, onPreview) {
      const priced = await priceRequest(request, pricing)
      const result = await ask<JobResult>(() =>
        jobOf(jobs, request.fingerprint).generate(toSend(priced), index, onPreview),
      )
      return unwrap(result, request)
    },

    async submit(request) {
      const priced = await priceRequest(request, pricing)
      const result = await ask<JobResult>(() => jobOf(jobs, request.fingerprint).submit(toSend(priced)))
      return (await unwrap(result, request)).cache
    },

    async isPending(fingerprint) {
      const status = await statusOf(fingerprint)
      if (typeof status === 'object') throw toError(status)
      return status === 'pending'
    },

    async purge(fingerprint) {
      try {
        return await jobOf(jobs, fingerprint).purge(fingerprint)
      } catch (cause) {
        throw storageFailed('Not everything could be deleted. Purge again in a few seconds.', cause)
      }
    },
  }

  /** @throws {EaselError} the failure; of a doubt, which counts as told when somebody still waits to hear it */
  async function unwrap(result: JobResult, { fingerprint }: GenerateRequest): Promise<Generated> {
    if (result.ok) return result
    const { failure } = result
    const told = failure.code === 'billing_unknown' ? await statusOf(fingerprint) : failure
    throw toError(typeof told === 'object' ? told : failure)
  }

  function statusOf(fingerprint: Fingerprint): Promise<'pending' | Failure | undefined> {
    return ask<'pending' | Failure | undefined>(() => jobOf(jobs, fingerprint).status())
  }
}

/** Makes variants in the job of their fingerprint. One that was restarted leaves the client with the original. */
export function createMakeVariant(jobs: DurableObjectNamespace<GenerationJob>): MakeVariant {
  return (original, ...how) =>
    orElse<Awaited<ReturnType<MakeVariant>>>(
      jobOf(jobs, original.fingerprint).makeVariant(original, ...how),
      { reason: 'failed' },
    )
}

/** Adds thumbhashes in the job of their fingerprint. One that was restarted leaves them to the next reader. */
export function createAddThumbhashes(jobs: DurableObjectNamespace<GenerationJob>): AddThumbhashes {
  return (fingerprint, limitKey) =>
    orElse<Manifest | undefined>(jobOf(jobs, fingerprint).addThumbhashes(fingerprint, limitKey), undefined)
}

async function orElse<T>(work: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await work
  } catch (error) {
    console.error(error)
    return otherwise
  }
}

function jobOf(
  jobs: DurableObjectNamespace<GenerationJob>,
  fingerprint: Fingerprint,
): DurableObjectStub<GenerationJob> {
  return jobs.get(jobs.idFromName(fingerprint))
}

function toSend(request: JobRequest): SentRequest {
  const { fingerprint, model, reserveUsd, caller, refresh, lookedAt } = request
  return { fingerprint, model, reserveUsd, caller, refresh, lookedAt, packed: pack(request) }
}

/**
 * Asks a job. One that was restarted under the request is asked again: it knows how far it was, and tells. No job
 * pays twice, so neither does asking twice.
 */
async function ask<T>(request: () => Promise<T>): Promise<T> {
  for (let restarts = 0; ; restarts++) {
    try {
      return await request()
    } catch (cause) {
      if (restarts < RESTARTS_MAX) continue
      throw storageFailed('The image’s job can’t be reached. Retry: you won’t be charged twice.', cause)
    }
  }
}
