import { isRepositoryPath, type PartialImage } from '../../shared/config/schema.ts'
import { fingerprint, type Fingerprint, canonicalSpec } from '../../shared/fingerprint.ts'
import { InvalidSpecError } from '../../shared/errors.ts'
import { resolveSpec, type SpecDefaults } from '../../shared/spec/parse.ts'
import { specWarnings } from '../../shared/spec/rules.ts'
import type { ImageSpec, Preset } from '../../shared/spec/schema.ts'
import type { FieldPath } from '../../shared/spec/spec-issue.ts'
import { type DeclaredImage, problemAt } from './declared-image.ts'
import type { Diagnostic } from './diagnostic.ts'
import { extensionOf, extensionsOf, type FileFormat, formatOfPath } from './file-format.ts'
import type { InputImages, LocalInput } from './input-images.ts'

/** An image with preset and defaults applied, and its fingerprint. */
export interface ResolvedImage {
  readonly path: string
  readonly id?: string | undefined
  readonly alt?: string | undefined
  /** The format of the path's extension. */
  readonly format: FileFormat
  /** Complete; input images in the repository are `sha256:<hex>`. */
  readonly spec: ImageSpec
  readonly fingerprint: Fingerprint
  /** What the fingerprint was computed from, so that a later plan can say which fields changed. */
  readonly canonical: Readonly<Record<string, unknown>>
  /** The files behind the `sha256:` values of `spec.input_images`. */
  readonly inputs: readonly LocalInput[]
  readonly where: DeclaredImage['where']
}

const NO_MODEL =
  'No model is set: add model to the image or to defaults, such as model: google/gemini-3.1-flash-image. easel models lists the models.'

/** What an image is resolved against. */
export interface ResolveContext {
  readonly defaults: PartialImage
  readonly presets: Readonly<Record<string, PartialImage>>
  /** Both in the form that the core takes: {@link toSpecDefaults}. */
  readonly specDefaults: SpecDefaults
  readonly inputs: InputImages
  /** Paths that Easel writes. */
  readonly outputs: ReadonlySet<string>
}

/** Applies preset and defaults to a declared image, and validates the spec. */
export async function resolveImage(
  declared: DeclaredImage & { readonly fields: NonNullable<DeclaredImage['fields']> },
  { defaults, presets, specDefaults, inputs, outputs }: ResolveContext,
): Promise<{ readonly image?: ResolvedImage; readonly diagnostics: readonly Diagnostic[] }> {
  const { path, id, alt, fields, where } = declared
  const diagnostics: Diagnostic[] = []
  const report = (at: FieldPath, message: string, severity?: Diagnostic['severity']): void => {
    diagnostics.push(problemAt(declared, at, message, severity))
  }

  const format = formatOfPath(path) ?? 'png'
  const preset = fields.preset === undefined ? undefined : presets[fields.preset]
  const merged = { ...defaults, ...preset, ...fields }
  if (merged.output_format !== undefined && merged.output_format !== format) {
    const wanted = extensionsOf(merged.output_format)
    const wayOut = wanted
      ? `end the path with ${wanted}, or leave output_format out`
      : 'leave output_format out'
    const message = `output_format is "${merged.output_format}", but ${path} ends in ${extensionOf(path)}: ${wayOut}.`
    report(['output_format'], message)
    return { diagnostics }
  }

  const local = new Map<string, LocalInput>()
  for (const [index, input] of (merged.input_images ?? []).entries()) {
    if (!isRepositoryPath(input)) continue
    const field = ['input_images', index]
    if (outputs.has(input)) {
      const what = input === path ? 'the image itself' : 'an image that Easel generates'
      report(field, `${input} is ${what}: use an image that doesn’t change when Easel runs.`)
      continue
    }
    const found = await inputs.read(input)
    if ('problem' in found) report(field, `${input} ${found.problem}.`)
    else local.set(placeholder(input), found)
  }

  let spec: ImageSpec
  try {
    const written = { ...asSpec(fields), ...(format !== 'png' && { output_format: format }) }
    spec = resolveSpec(written, specDefaults)
  } catch (error) {
    if (!(error instanceof InvalidSpecError)) throw error
    for (const { path: fieldPath, field, detail } of error.issues) {
      report(fieldPath, field === 'model' && merged.model === undefined ? NO_MODEL : detail)
    }
    return { diagnostics }
  }
  if (diagnostics.length > 0) return { diagnostics }

  for (const warning of specWarnings(spec)) report(['font_inputs'], warning, 'warning')
  const { input_images, ...rest } = spec
  const byContent: ImageSpec = input_images
    ? { ...rest, input_images: input_images.map((url) => named(url, local)) }
    : rest
  const image: ResolvedImage = {
    path,
    id,
    alt,
    format,
    spec: byContent,
    fingerprint: await fingerprint(byContent),
    canonical: await canonicalSpec(byContent),
    inputs: [...local.values()],
    where,
  }
  return { image, diagnostics }
}

/** Defaults and presets in the form that the core takes, which knows no local paths. */
export function toSpecDefaults(
  defaults: PartialImage,
  presets: Readonly<Record<string, PartialImage>>,
): SpecDefaults {
  return {
    defaults: asSpec(defaults),
    presets: Object.fromEntries(Object.entries(presets).map(([name, preset]) => [name, asSpec(preset)])),
  }
}

/** The name of a repository file in a spec: its content's hash. */
export function contentName(input: LocalInput): string {
  return `sha256:${input.sha256}`
}

function named(url: string, local: ReadonlyMap<string, LocalInput>): string {
  const input = local.get(url)
  return input ? contentName(input) : url
}

/** A spec can't hold a path. Until its content is known, a file is a `data:` URL that nobody would write. */
function placeholder(path: string): string {
  return `data:application/x-easel-path,${encodeURIComponent(path)}`
}

function asSpec<T extends PartialImage>(fields: T): T & Preset {
  const { input_images } = fields
  if (!input_images) return fields
  return {
    ...fields,
    input_images: input_images.map((input) => (isRepositoryPath(input) ? placeholder(input) : input)),
  }
}
