// The fields of the playground's form, named like those of a spec: the server and the browser's script read the form
// with the same code.

/** Fields whose value is a number. */
const NUMBERS: ReadonlySet<string> = new Set(['n', 'seed', 'output_compression', 'strength', 'take'])

/** Fields whose value is written as JSON. */
const JSON_FIELDS: ReadonlySet<string> = new Set([
  'rgb_colors',
  'background_rgb_color',
  'font_inputs',
  'super_resolution_references',
  'text_layout',
])

/** Fields that hold one value a line. */
const LISTS: ReadonlySet<string> = new Set(['input_images'])

/** Fields of the form that are no part of the spec. */
const OTHERS: ReadonlySet<string> = new Set(['token', 'view', 'file'])

/**
 * The spec in a form. Nothing is checked: what can't be read stays text, so that the schema's error quotes it.
 *
 * @param entries  names and values, as forms and queries give them; empty values are absent fields
 */
export function specOfForm(entries: Iterable<readonly [string, unknown]>): Record<string, unknown> {
  const spec: Record<string, unknown> = {}
  for (const [name, value] of entries) {
    if (typeof value !== 'string' || value.trim() === '' || OTHERS.has(name)) continue
    if (LISTS.has(name)) {
      const lines = value.split('\n').map((line) => line.trim())
      spec[name] = [...((spec[name] as string[] | undefined) ?? []), ...lines.filter((line) => line !== '')]
    } else spec[name] = valueOf(name, value)
  }
  return spec
}

function valueOf(name: string, text: string): unknown {
  if (NUMBERS.has(name)) {
    const number = Number(text)
    return Number.isNaN(number) ? text : number
  }
  if (!JSON_FIELDS.has(name)) return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

/** Ratios that the form offers, as shapes. */
export const ASPECT_RATIOS = ['1:1', '4:3', '3:2', '16:9', '21:9', '3:4', '2:3', '9:16'] as const

export const IMAGE_SIZES = ['0.5K', '1K', '2K', '4K'] as const

export type FieldKind = 'text' | 'number' | 'select' | 'json'

/** A field behind “More options”. */
export interface OptionalField {
  readonly name: string
  readonly label: string
  readonly kind: FieldKind
  readonly hint?: string
  readonly placeholder?: string
  /** Of a `select`, until the model's own values are known. */
  readonly values?: readonly string[]
  readonly min?: number
  readonly max?: number
  readonly step?: number
}

/** In the order of the form. Which of them are shown depends on the model. */
export const OPTIONAL_FIELDS: readonly OptionalField[] = [
  {
    name: 'quality',
    label: 'Quality',
    kind: 'select',
    values: ['low', 'medium', 'high'],
    hint: 'Higher costs more.',
  },
  { name: 'n', label: 'Images', kind: 'number', min: 1, max: 10, hint: 'Generated in one request.' },
  {
    name: 'background',
    label: 'Background',
    kind: 'select',
    values: ['opaque', 'transparent'],
  },
  {
    name: 'output_format',
    label: 'File format',
    kind: 'select',
    values: ['png', 'jpeg', 'webp', 'svg'],
  },
  {
    name: 'output_compression',
    label: 'Compression',
    kind: 'number',
    min: 0,
    max: 100,
    hint: 'Percent, of JPEG and WebP.',
  },
  { name: 'seed', label: 'Seed', kind: 'number', min: 0, hint: 'The same seed gives a similar image.' },
  {
    name: 'take',
    label: 'Take',
    kind: 'number',
    min: 1,
    hint: '2, 3, … are other images for the same words.',
  },
  { name: 'style', label: 'Style', kind: 'text', placeholder: 'Photorealism' },
  {
    name: 'strength',
    label: 'Strength',
    kind: 'number',
    min: 0,
    max: 1,
    step: 0.05,
    hint: 'How far from the input image: 0 to 1.',
  },
  { name: 'rgb_colors', label: 'Colours', kind: 'json', placeholder: '[[200, 30, 30]]' },
  {
    name: 'background_rgb_color',
    label: 'Background colour',
    kind: 'json',
    placeholder: '[255, 255, 255]',
  },
  {
    name: 'text_layout',
    label: 'Text layout',
    kind: 'json',
    placeholder: '[{"text": "OPEN", "bbox": [[0.3, 0.4], …]}]',
  },
  {
    name: 'font_inputs',
    label: 'Fonts',
    kind: 'json',
    placeholder: '[{"font_url": "https://…", "text": "Open late"}]',
  },
  {
    name: 'super_resolution_references',
    label: 'Sharpening references',
    kind: 'json',
    placeholder: '["https://example.com/detail.png"]',
  },
]
