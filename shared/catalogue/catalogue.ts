import { EaselError, ModelNotFoundError } from '../errors.ts'
import { closestModels, withoutVariant } from './closest.ts'
import { keepFresh } from './keep-fresh.ts'
import type { ImageEndpoint, ImageModel, Snapshot } from './model.ts'
import { bundledSnapshot } from './snapshot.ts'
import { readEndpoints, readModels } from './wire.ts'

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
const TIMEOUT_MS = 5_000

interface CatalogueOptions {
  readonly fetch: (
    url: string,
    init: { readonly headers: Record<string, string>; readonly signal: AbortSignal },
  ) => Promise<Response>
  /** Such as `https://openrouter.ai/api/v1`, with or without a slash at the end. */
  readonly baseUrl: string
  /** The lists are public; a key only where the base URL wants one. */
  readonly apiKey?: string
  /** Milliseconds, as `Date.now()` counts them. */
  readonly now: () => number
  /** Milliseconds that a live list counts as fresh; an hour where absent. */
  readonly ttlMs?: number
  /** Milliseconds between attempts while the live list can't be had; a minute where absent. */
  readonly retryMs?: number
  /** Milliseconds that one reading may hold up an image; 5,000 where absent. */
  readonly timeoutMs?: number
  /** What is used until a live list was had; the one in the repository where absent. */
  readonly snapshot?: Snapshot
  /** Told of every list that could not be had; the answers only show where they came from. */
  readonly onFailure?: (error: unknown) => void
}

/** Where an answer came from: OpenRouter's list (at most an hour old, or the last that could be had), or the repository. */
type CatalogueSource = 'live' | 'snapshot'

export interface CatalogueEntry {
  /**
   * What is known of the model. With a `:variant` that is not listed by itself, the entry of its base model.
   * A stand-in (`unlisted`) for a model that the snapshot doesn't have: every check lets it through, and its
   * price is unknown.
   */
  readonly model: ImageModel
  readonly source: CatalogueSource
  /** One sentence for the user when the model could not be checked. */
  readonly warning?: string
}

export interface Catalogue {
  /**
   * The model that a spec names, with its endpoint records. Endpoint records that can't be had are no error:
   * `endpoints` is then empty.
   *
   * @throws {ModelNotFoundError} when there is a live list and it doesn't have the model
   */
  model(id: string): Promise<CatalogueEntry>
  /** Every image model, sorted by id, with endpoint records. One reading for each model when they aren't at hand. */
  list(): Promise<{ readonly models: readonly ImageModel[]; readonly source: CatalogueSource }>
}

/**
 * OpenRouter's image models: the live lists, kept for an hour, and the snapshot in the repository until they
 * could be had. Reads nothing until asked. An outage after that is bridged by the last live list.
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
    const models = byId(readModels(imagesList, chatList))
    // Believing an empty list would refuse every model there is.
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
    throw unreadable(path, `answered ${response.status}`)
  }

  async function withEndpoints(model: ImageModel): Promise<ImageModel> {
    if (!model.apis.images) return model
    let endpointsOf = liveEndpoints.get(model.id)
    if (!endpointsOf) {
      const path = `/images/models/${model.id.split('/').map(encodeURIComponent).join('/')}/endpoints`
      endpointsOf = keepFresh(async (signal) => readEndpoints(await read(path, signal)), freshness)
      liveEndpoints.set(model.id, endpointsOf)
    }
    return { ...model, endpoints: (await endpointsOf()) ?? [] }
  }

  return {
    async model(id) {
      const live = await liveModels()
      if (live) {
        const found = live.get(id) ?? live.get(withoutVariant(id))
        if (!found) throw new ModelNotFoundError(id, closestModels(id, live.keys()))
        return { model: await withEndpoints(found), source: 'live' }
      }
      const { date, models } = snapshot ?? bundledSnapshot()
      const known = byId(models)
      const found = known.get(id) ?? known.get(withoutVariant(id))
      if (found) return { model: found, source: 'snapshot' }
      return {
        model: standIn(id),
        source: 'snapshot',
        warning: `${id} could not be checked: OpenRouter's model list cannot be had, and the one of ${date} does not hold it.`,
      }
    },
    async list() {
      const live = await liveModels()
      if (!live) return { models: (snapshot ?? bundledSnapshot()).models, source: 'snapshot' }
      return { models: await Promise.all(Array.from(live.values(), withEndpoints)), source: 'live' }
    },
  }
}

function byId(models: readonly ImageModel[]): Map<string, ImageModel> {
  return new Map(models.map((model) => [model.id, model]))
}

/** An entry that stands for a model of which nothing is known. Every image model can be asked for `image` alone. */
function standIn(id: string): ImageModel {
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
  return new EaselError('upstream_failed', `OpenRouter's model list cannot be had: GET ${path} ${why}.`)
}
