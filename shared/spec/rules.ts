import { agrees, factorOfPixels, imageSizeFor, sideFactor } from './pixel-sizes.ts'
import { type ImageSpec, SPEC_FIELDS } from './schema.ts'
import { parseSize } from './size.ts'
import { specIssue, type SpecIssue } from './spec-issue.ts'

/** How far the ratio of `size` may be from `aspect_ratio`. The documented 16:9 is 1344×768, which is 1.6 % off. */
const RATIO_TOLERANCE = 0.04

/** Fields that need or exclude one another. Empty when they all agree. */
export function crossFieldIssues(spec: ImageSpec): SpecIssue[] {
  return [
    ...superResolution(spec),
    ...transparency(spec),
    ...compression(spec),
    ...sizeConflicts(spec),
    ...strength(spec),
    ...imageConfig(spec),
    ...providerOptions(spec),
  ]
}

/** What is allowed but probably a mistake, as sentences for people. The image is generated all the same. */
export function specWarnings(spec: ImageSpec): string[] {
  return (spec.font_inputs ?? [])
    .filter(({ text }) => !spec.prompt.includes(text))
    .map(
      ({ text }) =>
        `font_inputs: “${text}” is not in the prompt. Fonts work best when the prompt holds the same text.`,
    )
}

function superResolution(spec: ImageSpec): SpecIssue[] {
  if (!spec.super_resolution_references || spec.input_images) return []
  const detail =
    'super_resolution_references needs input_images: it sharpens those, and without them costs money for nothing.'
  return [specIssue(['super_resolution_references'], detail)]
}

/** Formats that are known to have no transparency, or that OpenRouter refuses it for. */
const OPAQUE_FORMATS: ReadonlySet<string> = new Set(['jpeg', 'svg'])

function transparency(spec: ImageSpec): SpecIssue[] {
  const format = spec.output_format
  if (spec.background !== 'transparent' || !format || !OPAQUE_FORMATS.has(format)) return []
  const detail = `background is "transparent", which output_format "${format}" does not support: use png or webp.`
  return [specIssue(['background'], detail, ['png', 'webp'])]
}

const LOSSLESS_FORMATS: ReadonlySet<string> = new Set(['png', 'svg', 'gif'])

function compression(spec: ImageSpec): SpecIssue[] {
  const format = spec.output_format
  const isLossless = format === undefined || LOSSLESS_FORMATS.has(format)
  if (spec.output_compression === undefined || !isLossless) return []
  const detail = `output_compression works only with output_format jpeg or webp${format ? `, not ${format}` : ''}.`
  return [specIssue(['output_compression'], detail, ['jpeg', 'webp'])]
}

function sizeConflicts(spec: ImageSpec): SpecIssue[] {
  const sides = spec.size === undefined ? undefined : parseSize(spec.size)
  if (!sides) return []
  const [width, height] = sides
  const issues: SpecIssue[] = []
  const ratio = spec.aspect_ratio === undefined ? undefined : ratioOf(spec.aspect_ratio)
  if (spec.aspect_ratio && (ratio === undefined || Math.abs(width / height / ratio - 1) > RATIO_TOLERANCE)) {
    const detail = `aspect_ratio is "${spec.aspect_ratio}", but size ${spec.size} has another ratio: leave one of them out.`
    issues.push(specIssue(['aspect_ratio'], detail))
  }
  const factor = sideFactor(spec.image_size ?? '')
  if (factor !== undefined && !agrees(width * height, factor)) {
    const tier = imageSizeFor(factorOfPixels(width * height))
    const detail = `image_size is "${spec.image_size}", but size ${spec.size} counts as ${tier}: leave one of them out.`
    issues.push(specIssue(['image_size'], detail, [tier]))
  }
  return issues
}

function strength(spec: ImageSpec): SpecIssue[] {
  if (spec.strength === undefined || spec.input_images) return []
  return [specIssue(['strength'], 'strength needs input_images: it says how far to move away from them.')]
}

/** Each value has one place: otherwise the same image would have two fingerprints. */
function imageConfig(spec: ImageSpec): SpecIssue[] {
  return Object.keys(spec.image_config ?? {})
    .filter((key) => SPEC_FIELDS.has(key))
    .map((key) => {
      const detail = `image_config.${key} is a field of its own: write ${key} beside image_config, not inside it.`
      return specIssue(['image_config', key], detail)
    })
}

/** The same in a provider's options, where they would have no price either. */
function providerOptions({ provider }: ImageSpec): SpecIssue[] {
  return Object.entries(provider?.options ?? {}).flatMap(([slug, options]) =>
    Object.keys(options)
      .filter((key) => SPEC_FIELDS.has(key))
      .map((key) => {
        const detail = `provider.options.${slug}.${key} is a field of its own: write ${key} beside provider, not inside it.`
        return specIssue(['provider', 'options', slug, key], detail)
      }),
  )
}

/** Width by height of `16:9`; `undefined` for `auto`. */
function ratioOf(aspectRatio: string): number | undefined {
  const [width, height] = aspectRatio.split(':').map(Number)
  return width && height ? width / height : undefined
}
