/** Where a value is: `['font_inputs', 0, 'text']`. Empty for the spec as a whole. */
export type FieldPath = readonly (string | number)[]

/** One thing that is wrong with a spec. */
export interface SpecIssue {
  readonly path: FieldPath
  /** The path, printed: `font_inputs[0].text`. */
  readonly field: string
  /** One sentence: the field, the value, what is accepted. */
  readonly detail: string
  readonly accepts?: readonly string[]
}

/** Longer values are cut: a 40,000-character prompt does not help in an error. */
const QUOTE_MAX_CHARACTERS = 60

/**
 * One thing that is wrong with a spec, with its path printed once and for all.
 *
 * @param detail  one sentence: the field, the value, what is accepted
 */
export function specIssue(path: FieldPath, detail: string, accepts?: readonly string[]): SpecIssue {
  return { path, field: fieldName(path), detail, ...(accepts && { accepts }) }
}

/** `['font_inputs', 0, 'text']` as `font_inputs[0].text`; the spec as a whole is `spec`. */
export function fieldName(path: FieldPath): string {
  const name = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${cut(step)}`)).join('')
  return name.replace(/^\./, '') || 'spec'
}

/** A value in the form that fits into a sentence: one line, cut. */
export function quote(value: unknown): string {
  return cut(asJson(value))
}

function asJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    // Nested too deeply for the stack, or a type that JSON does not have.
    return Array.isArray(value) ? '[…]' : `a ${typeof value}`
  }
}

function cut(text: string): string {
  if (text.length <= QUOTE_MAX_CHARACTERS) return text
  // The cut may split a surrogate pair; half of one is not text.
  const start = text.slice(0, QUOTE_MAX_CHARACTERS).replace(/[\uD800-\uDBFF]$/, '')
  return `${start}… (${text.length} characters)`
}
