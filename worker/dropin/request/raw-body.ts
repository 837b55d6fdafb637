/** A request's body before anything is known of it. */
export type Body = Readonly<Record<string, unknown>>

/** Fields that say who asks and how the answer travels: two requests that differ in them want one image. */
const TRANSPORT_FIELDS: ReadonlySet<string> = new Set([
  'stream',
  'stream_options',
  'user',
  'session_id',
  'metadata',
  'usage',
  'trace',
])

/** The body without its transport, and without nulls, which stand for absent in OpenRouter's schemas. */
export function withoutTransport(body: Body): Body {
  return withoutNulls(
    Object.fromEntries(Object.entries(body).filter(([field]) => !TRANSPORT_FIELDS.has(field))),
  )
}

export function withoutNulls(value: Body): Body {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null))
}

export function isRecord(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
