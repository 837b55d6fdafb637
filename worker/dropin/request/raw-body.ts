/** A request's body before anything is known of it. */
export type Body = Readonly<Record<string, unknown>>

/** Without nulls, which stand for absent in OpenRouter's schemas. */
export function withoutNulls(value: Body): Body {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null))
}

export function isRecord(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
