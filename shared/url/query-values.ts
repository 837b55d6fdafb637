// How the fields of a spec stand in a URL's query: for those who write it, and for those who read it.

/** The fields that a URL repeats, once for each of their values. */
export type RepeatedField = 'input_images' | 'models'

export function isRepeated(field: string): field is RepeatedField {
  return field === 'input_images' || field === 'models'
}

/**
 * A number in plain decimals, so that it has one spelling. JavaScript writes those below 0.000001 with an exponent.
 */
export function writeNumber(value: number): string {
  const [digits = '', exponent] = String(value).split('e-')
  return exponent === undefined ? digits : `0.${'0'.repeat(Number(exponent) - 1)}${digits.replace('.', '')}`
}

/** What {@link writeNumber} has written. Anything else stays text, and fails the type check. */
export function readNumber(text: string): number | string {
  return /^(0|[1-9]\d{0,15})(\.\d*[1-9])?$/.test(text) ? Number(text) : text
}
