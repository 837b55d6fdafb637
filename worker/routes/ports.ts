import type { Catalogue } from '../../shared/catalogue/catalogue.ts'
import { EaselError } from '../../shared/errors.ts'
import { type Fingerprint, isFingerprint } from '../../shared/fingerprint.ts'
import type { Access } from '../access/access.ts'
import type { Generate } from '../job/jobs.ts'
import type { BudgetUseOf, UsageOf } from '../budget/types.ts'
import type { ReadList } from '../dropin/lists.ts'
import type { Gallery } from '../gallery/gallery.ts'
import type { ImageStore } from '../gallery/image-store.ts'
import type { HealthChecks } from '../web/health.ts'
import type { EdgeConfig } from '../config/edge-config.ts'
import type { Settings } from '../settings.ts'

/** What the routes are made of. */
export interface AppPorts {
  readonly access: Access
  readonly budgetUseOf: BudgetUseOf
  readonly catalogue: Catalogue
  readonly config: EdgeConfig
  readonly generate: Generate
  readonly gallery: Gallery
  readonly health: HealthChecks
  readonly readList: ReadList
  readonly store: ImageStore
  readonly usageOf: UsageOf
  readonly settings: Pick<
    Settings,
    | 'access'
    | 'dailyBudgetUsd'
    | 'defaultModel'
    | 'monthlyBudgetUsd'
    | 'signingKeys'
    | 'tokenBudgetsUsd'
    | 'widths'
  >
}

/** Hono's environment: what handlers leave for the log line and the response's headers. */
export interface AppEnv {
  readonly Variables: { readonly trace: Trace }
}

/** What is known of a request once it is answered. */
export interface Trace {
  fingerprint?: Fingerprint
  cache?: CacheOutcome
  readonly steps: Step[]
  /** The response has all its headers: setting another one takes longer than the rest of a hit. */
  hasAllHeaders?: boolean
}

/** Something that takes time, in the order in which it began; without an `end` it still goes on. */
interface Step {
  readonly name: string
  /** Milliseconds, as `performance.now()` tells them. */
  readonly start: number
  end?: number
}

/** Where an image came from: it was there, or was generated for this request, or for another at the same time. */
export type CacheOutcome = 'hit' | 'miss' | 'joined'

/** What `Cache-Status` (RFC 9211) says of each outcome. */
export const CACHE_STATUS = {
  hit: 'Easel; hit',
  miss: 'Easel; fwd=uri-miss; stored',
  joined: 'Easel; fwd=uri-miss; collapsed; stored',
} as const satisfies Record<CacheOutcome, string>

/** Runs one step and notes how long it takes. */
export async function timed<T>({ steps }: Trace, name: string, run: () => Promise<T>): Promise<T> {
  const step: Step = { name, start: performance.now() }
  steps.push(step)
  try {
    return await run()
  } finally {
    step.end = performance.now()
  }
}

/** `read;dur=3, generate;dur=2140` (W3C Server Timing), milliseconds. */
export function serverTiming({ steps }: Trace): string {
  return steps
    .map(({ name, start, end = performance.now() }) => `${name};dur=${Math.round(end - start)}`)
    .join(', ')
}

/** Whether somebody asks for the image to be regenerated. Only those with a token may. */
export async function wantsRefresh(request: Request, access: Access): Promise<boolean> {
  const directives = request.headers.get('Cache-Control')
  return directives !== null && /\bno-cache\b/i.test(directives) && (await access.hasToken(request))
}

/** @throws {EaselError} `not_found` when it isn't one */
export function parseFingerprint(text: string): Fingerprint {
  if (isFingerprint(text)) return text
  throw notFound('A fingerprint is 64 hex digits, in lower case.')
}

export function notFound(message: string): EaselError {
  return new EaselError('not_found', message)
}
