import type { SpecIssue } from '../errors.ts'
import { tierOfPixels } from './pixel-sizes.ts'
import { type ImageSpec, parseSize, SPEC_FIELDS } from './schema.ts'

/** How far a size's own ratio may be from the ratio beside it: the documented 16:9 is 1344×768, 1.6 % off. */
const RATIO_TOLERANCE = 0.04

/** What no single field shows: fields that need, or exclude, one another. Empty when all is well. */
export function crossFieldIssues(spec: ImageSpec): SpecIssue[] {
  return [
    ...superResolution(spec),
    ...transparency(spec),
    ...compression(spec),
    ...sizeConflicts(spec),
    ...strength(spec),
    ...imageConfig(spec),
  ]
}

/** What is allowed but probably not meant. Sentences for people; the image is made all the same. */
export function specWarnings(spec: ImageSpec): string[] {
  return (spec.font_inputs ?? [])
    .filter(({ text }) => !spec.prompt.includes(text))
    .map(
      ({ text }) =>
        `font_inputs: “${text}” does not stand in the prompt; fonts work best when the same text does.`,
    )
}

function superResolution(spec: ImageSpec): SpecIssue[] {
  if (!spec.super_resolution_references || spec.input_images) return []
  return [
    {
      field: 'super_resolution_references',
      detail:
        'super_resolution_references needs input_images: it sharpens an image that is given, and costs money without one.',
    },
  ]
}

function transparency(spec: ImageSpec): SpecIssue[] {
  const format = spec.output_format
  if (spec.background !== 'transparent' || !format || format === 'png' || format === 'webp') return []
  return [
    {
      field: 'background',
      detail: `background is "transparent", which output_format "${format}" cannot hold: accepted with it are png, webp.`,
      accepts: ['png', 'webp'],
    },
  ]
}

function compression(spec: ImageSpec): SpecIssue[] {
  const format = spec.output_format
  if (spec.output_compression === undefined || format === 'jpeg' || format === 'webp') return []
  return [
    {
      field: 'output_compression',
      detail: `output_compression works only with output_format jpeg or webp${format ? `, not ${format}` : ''}.`,
      accepts: ['jpeg', 'webp'],
    },
  ]
}

function sizeConflicts(spec: ImageSpec): SpecIssue[] {
  const sides = spec.size === undefined ? undefined : parseSize(spec.size)
  if (!sides) return []
  const [width, height] = sides
  const issues: SpecIssue[] = []
  const ratio = spec.aspect_ratio === undefined ? undefined : ratioOf(spec.aspect_ratio)
  if (spec.aspect_ratio && (ratio === undefined || Math.abs(width / height / ratio - 1) > RATIO_TOLERANCE)) {
    issues.push({
      field: 'aspect_ratio',
      detail: `aspect_ratio is "${spec.aspect_ratio}", but size ${spec.size} has another ratio: leave one of them out.`,
    })
  }
  const tier = tierOfPixels(width * height)
  if (spec.image_size && spec.image_size !== tier) {
    issues.push({
      field: 'image_size',
      detail: `image_size is "${spec.image_size}", but size ${spec.size} is of tier ${tier}: leave one of them out.`,
      accepts: [tier],
    })
  }
  return issues
}

function strength(spec: ImageSpec): SpecIssue[] {
  if (spec.strength === undefined || spec.input_images) return []
  return [
    {
      field: 'strength',
      detail: 'strength needs input_images: it says how far to go from the image that is given.',
    },
  ]
}

/** One way to write a thing: otherwise the same image would have two fingerprints. */
function imageConfig(spec: ImageSpec): SpecIssue[] {
  return Object.keys(spec.image_config ?? {})
    .filter((key) => SPEC_FIELDS.has(key))
    .map((key) => ({
      field: `image_config.${key}`,
      detail: `image_config.${key} is a field of its own: write ${key} beside image_config, not inside it.`,
    }))
}

/** Width by height of `16:9`; `undefined` of `auto`. */
function ratioOf(aspectRatio: string): number | undefined {
  const [width, height] = aspectRatio.split(':').map(Number)
  return width && height ? width / height : undefined
}
