import type { Catalogue, CatalogueEntry } from '../../shared/catalogue/catalogue.ts'
import { EaselError } from '../../shared/errors.ts'
import type { Candidate } from '../../shared/openrouter/fallback.ts'
import type { UpstreamRequest } from '../../shared/openrouter/request.ts'

/**
 * A model's catalogue entry, if this deployment allows the model. An alias is as good as the model that it means.
 *
 * @param allowed  `author/slug` or `author/*`; empty for any
 * @throws {EaselError} `forbidden`, or `model_not_found`
 */
export async function findAllowed(
  id: string,
  catalogue: Catalogue,
  allowed: readonly string[],
): Promise<CatalogueEntry> {
  if (!isAllowed(id, allowed) && !id.startsWith('~')) throw notAllowed(id, allowed)
  const entry = await catalogue.model(id)
  if (!isAllowed(id, allowed) && !isAllowed(entry.model.alias_target?.slug ?? id, allowed)) {
    throw notAllowed(id, allowed)
  }
  warnOfRetirement(entry)
  return entry
}

/** A model that may serve a request. */
export function candidateOf(
  model: string,
  { model: { alias_target }, retirement }: CatalogueEntry,
  request: UpstreamRequest,
): Candidate {
  return { model, servedBy: alias_target?.slug ?? model, request, ...(retirement && { retirement }) }
}

/** A conversation, sent to one model. A stream keeps the connection alive while the model works. */
export function conversationCandidate(
  model: string,
  entry: CatalogueEntry,
  { path, body }: UpstreamRequest,
): Candidate {
  return candidateOf(model, entry, { path, body: { ...body, model, stream: true } })
}

/** One line in the log for each request of a model that retires soon. */
function warnOfRetirement({ model, retirement, warnings }: CatalogueEntry): void {
  if (!retirement || warnings.length === 0) return
  console.warn(JSON.stringify({ event: 'model_retirement', model: model.id, ...retirement, warnings }))
}

function isAllowed(model: string, allowed: readonly string[]): boolean {
  const [author = ''] = model.replace(/^~/, '').split('/')
  return allowed.length === 0 || allowed.includes(model) || allowed.includes(`${author}/*`)
}

function notAllowed(model: string, allowed: readonly string[]): EaselError {
  return new EaselError('forbidden', `Model ${model} is not allowed here. Allowed: ${allowed.join(', ')}.`, {
    extras: { field: 'model', accepts: allowed },
  })
}
