import { EaselError, ModelNotFoundError } from '../errors.ts'
import { closestModels, withoutVariant } from './closest.ts'
import { keepFresh } from './keep-fresh.ts'
import type { ImageEndpoint, ImageModel, Snapshot } from './model.ts'
import {
  type Retirement,
  retiredText,
  retirementOf,
  retirementWarning,
  snapshotWarning,
} from './retirement.ts'
import { bundledSnapshot } from './snapshot.ts'

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
const TIMEOUT_MS = 5_000

interface CatalogueOptions {
  readonly fetch: (
    url: string,
    init: { readonly headers: Record<string, string>; readonly signal: AbortSignal },
  ) => Promise<Response>
  /** `https://openrouter.ai/api/v1`, with or without a trailing slash. */
  readonly baseUrl: string
  /** The lists are public; some base URLs require a key. */
  readonly apiKey?: string
  /** Milliseconds, as `Date.now()` counts them. */
  readonly now: () => number
  /** Milliseconds that a live list stays fresh. Default: an hour. */
  readonly ttlMs?: number
  /** Milliseconds from a failed read to the next attempt. Default: a minute. */
  readonly retryMs?: number
  /** Milliseconds that reading a list may delay an image. Default: 5,000. */
  readonly timeoutMs?: number
  /** Used until a live list could be read. Default: the one in the repository. */
  readonly snapshot?: Snapshot
  /** Called for every list that could not be read. Callers only see the `source`. */
  readonly onFailure?: (error: unknown) => void
}

/** OpenRouter's list (up to an hour old, or the last that could be read), or the repository's. */
type CatalogueSource = 'live' | 'snapshot'

export interface CatalogueEntry {
  /**
   * The model. A `:variant` that is not listed has the entry of its base model. A model that the snapshot does not
   * have is marked `unlisted`: hardly anything is checked, and its price is unknown.
   */
  readonly model: ImageModel
  readonly source: CatalogueSource
  /** Set when the model has an end. */
  readonly retirement?: Retirement
  /** Sentences for the user: the model could not be checked, retires soon, or comes from an old snapshot. */
  readonly warnings: readonly string[]
}

/** A model of the list, with its end where it has one. */
export type ListedModel = ImageModel & { readonly retirement?: Retirement }

export interface Catalogue {
  /**
   * Finds a model with its endpoint records. Unreadable endpoint records are not an error: `endpoints` is empty then.
   *
   * @throws {ModelNotFoundError} when a live list was read and does not have the model
   */
  model(id: string): Promise<CatalogueEntry>
  /** Every image model without its endpoint records: what the lists themselves say. */
  listed(): Promise<readonly ImageModel[]>
  /** Every image model, sorted by id, with endpoint records. Reads one list per model when they are not cached. */
  list(): Promise<{
    readonly models: readonly ListedModel[]
    readonly source: CatalogueSource
    /** A sentence for the user when the list is an old snapshot. */
    readonly warning?: string
  }>
}

/**
 * OpenRouter's image models, from the live lists. They are read on first use and cached for an hour; when they cannot
 * be read, the last live lists are used, or else the snapshot in the repository.
 *
 * @see docs/openrouter.md#finding-models
 */
export function createCatalogue({
  fetch,
  baseUrl,
  apiKey,
  now,
  ttlMs = HOUR_MS,
  retryMs = MINUTE_MS,
  timeoutMs = TIMEOUT_MS,
  snapshot,
  onFailure = () => {},
}: CatalogueOptions): Catalogue {
  const freshness = { ttlMs, retryMs, timeoutMs, now, onFailure }
  const liveModels = keepFresh(async (signal) => {
    const [imagesList, chatList] = await Promise.all([
      read('/images/models', signal),
      read('/models?output_modalities=image', signal),
    ])
    const { readModels } = await wire()
    const models = byId(readModels(imagesList, chatList))
    // An empty list would make every model unknown.
    if (models.size === 0) throw unreadable('/images/models', 'lists no model')
    return models
  }, freshness)
  const liveEndpoints = new Map<string, () => Promise<ImageEndpoint[] | undefined>>()

  async function read(path: string, signal: AbortSignal): Promise<unknown> {
    const response = await fetch(`${baseUrl.replace(/\/+$/, '')}${path}`, {
      headers: { Accept: 'application/json', ...(apiKey && { Authorization: `Bearer ${apiKey}` }) },
      signal,
    })
    if (response.ok) return response.json()
    await response.body?.cancel()
    throw unreadable(path, `returned ${response.status}`)
  }

  function usedSnapshot(): Snapshot {
    return snapshot ?? bundledSnapshot()
  }

  function entryOf(
    model: ImageModel,
    source: CatalogueSource,
    list: ReadonlyMap<string, ImageModel>,
    moreWarnings: readonly (string | undefined)[] = [],
  ): CatalogueEntry {
    const retirement = retirementOf(model, list.values(), usedSnapshot())
    const warnings = [...moreWarnings, retirement && retirementWarning(model.id, retirement, now())]
    return {
      model,
      source,
      ...(retirement && { retirement }),
      warnings: warnings.filter((warning) => warning !== undefined),
    }
  }

  function notFound(id: string, live: ReadonlyMap<string, ImageModel>): ModelNotFoundError {
    const retirement = retirementOf({ id: withoutVariant(id) }, live.values(), usedSnapshot())
    const retired = retirement && retiredText(id, retirement)
    const closest = retirement?.successor ? [retirement.successor] : closestModels(id, live.keys())
    return new ModelNotFoundError(id, closest, retired)
  }

  async function withEndpoints(model: ImageModel): Promise<ImageModel> {
    if (!model.apis.images) return model
    let endpointsOf = liveEndpoints.get(model.id)
    if (!endpointsOf) {
      const path = `/images/models/${model.id.split('/').map(encodeURIComponent).join('/')}/endpoints`
      endpointsOf = keepFresh(async (signal) => {
        const { readEndpoints } = await wire()
        return readEndpoints(await read(path, signal))
      }, freshness)
      liveEndpoints.set(model.id, endpointsOf)
    }
    return { ...model, endpoints: (await endpointsOf()) ?? [] }
  }

  return {
    async model(id) {
      const live = await liveModels()
      if (live) {
        const found = live.get(id) ?? live.get(withoutVariant(id))
        if (!found) throw notFound(id, live)
        return entryOf(await withEndpoints(found), 'live', live)
      }
      const { date, models } = usedSnapshot()
      const known = byId(models)
      const found = known.get(id) ?? known.get(withoutVariant(id))
      const old = snapshotWarning({ date }, now())
      if (found) return entryOf(found, 'snapshot', known, [old])
      const unlisted = entryOf(unlistedModel(id), 'snapshot', known, [old])
      const unchecked = `${id} could not be checked: OpenRouter's model list cannot be read, and the list of ${date} does not have it.`
      return unlisted.retirement ? unlisted : { ...unlisted, warnings: [...unlisted.warnings, unchecked] }
    },
    async listed() {
      return [...((await liveModels())?.values() ?? usedSnapshot().models)]
    },
    async list() {
      const live = await liveModels()
      const models = live
        ? await Promise.all(Array.from(live.values(), withEndpoints))
        : usedSnapshot().models
      const known = byId(models)
      const source = live ? 'live' : 'snapshot'
      const old = live ? undefined : snapshotWarning(usedSnapshot(), now())
      return {
        models: models.map((model) => {
          const retirement = retirementOf(model, known.values(), usedSnapshot())
          return retirement ? { ...model, retirement } : model
        }),
        source,
        ...(old !== undefined && { warning: old }),
      }
    },
  }
}

/** Its schemas take time to build: a check, and an isolate that only serves hits, never need them. */
function wire(): Promise<typeof import('./wire.ts')> {
  return import('./wire.ts')
}

function byId(models: readonly ImageModel[]): Map<string, ImageModel> {
  return new Map(models.map((model) => [model.id, model]))
}

/** The entry of a model that no list has. Every image model accepts `modalities: ["image"]`. */
function unlistedModel(id: string): ImageModel {
  return {
    id,
    name: id,
    created: 0,
    input_modalities: ['text', 'image'],
    output_modalities: ['image'],
    supported_parameters: {},
    supports_streaming: false,
    apis: { chat: true, images: true },
    endpoints: [],
    unlisted: true,
  }
}

function unreadable(path: string, why: string): EaselError {
  return new EaselError('upstream_failed', `OpenRouter's model list cannot be read: GET ${path} ${why}.`)
}
