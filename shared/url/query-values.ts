// How the fields of a spec stand in a URL's query: for those who write it, and for those who read it.

/** The fields that a URL repeats, once for each of their values. */
const REPEATED_FIELDS = ['input_images', 'models'] as const

export type RepeatedField = (typeof REPEATED_FIELDS)[number]

export function isRepeated(field: string): field is RepeatedField {
  return REPEATED_FIELDS.some((name) => name === field)
}

/**
 * A number in plain decimals, so that it has one spelling. JavaScript writes those below 0.000001 with an exponent.
 */
export function writeNumber(value: number): string {
  const [, whole = '', fraction = '', exponent] = /^(\d)\.?(\d*)e-(\d+)$/.exec(String(value)) ?? []
  return exponent === undefined ? String(value) : `0.${'0'.repeat(Number(exponent) - 1)}${whole}${fraction}`
}

/** What {@link writeNumber} has written. Anything else stays text, and fails the type check. */
export function readNumber(text: string): number | string {
  return /^(0|[1-9]\d{0,15})(\.\d*[1-9])?$/.test(text) ? Number(text) : text
}
