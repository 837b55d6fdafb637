import { closestMatch } from 'leven'

/** What people call a field elsewhere: other APIs, HTML, CSS. The first one that is known here is suggested. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  ar: ['aspect_ratio'],
  aspect: ['aspect_ratio'],
  ratio: ['aspect_ratio'],
  width: ['w', 'size'],
  height: ['h', 'size'],
  dpr: ['w', 'image_size'],
  fmt: ['format', 'output_format'],
  format: ['output_format'],
  file: ['path'],
  filename: ['path'],
  src: ['path', 'input_images'],
  output: ['path', 'output_format'],
  description: ['alt', 'prompt'],
  text: ['prompt'],
  resolution: ['image_size'],
  images: ['input_images'],
  image: ['input_images'],
  image_url: ['input_images'],
  input_references: ['input_images'],
  count: ['n', 'take'],
  num_images: ['n', 'take'],
  variation: ['take'],
  version: ['take'],
  compression: ['output_compression', 'q'],
  fallbacks: ['models'],
}

/**
 * The field that `key` probably stands for: another name for it first, then a typo.
 *
 * @param known  the fields there are
 */
export function suggestField(key: string, known: readonly string[]): string | undefined {
  const lower = key.toLowerCase().replaceAll('-', '_')
  const alias = Object.hasOwn(ALIASES, lower)
    ? ALIASES[lower]?.find((name) => known.includes(name))
    : undefined
  // Two letters have no typos: almost any other name is as near.
  return alias ?? closestMatch(key, [...known], { maxDistance: Math.max(1, Math.min(3, key.length - 2)) })
}
