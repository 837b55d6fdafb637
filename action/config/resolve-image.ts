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

/** An image with nothing left to fill in, and its name. */
export interface ResolvedImage {
  readonly path: string
  readonly id?: string | undefined
  readonly alt?: string | undefined
  /** What the path's extension promises. */
  readonly format: FileFormat
  /** Complete; input images of the repository stand in it as `sha256:<hex>`. */
  readonly spec: ImageSpec
  readonly fingerprint: Fingerprint
  /** What the fingerprint was made of, to tell later which fields have changed. */
  readonly canonical: Readonly<Record<string, unknown>>
  /** The files behind the `sha256:` values of `spec.input_images`. */
  readonly inputs: readonly LocalInput[]
  readonly where: DeclaredImage['where']
}

/** What an image is seen against. */
export interface Surroundings {
  readonly defaults: PartialImage
  readonly presets: Readonly<Record<string, PartialImage>>
  /** The same two as the core takes them: {@link toSpecDefaults}. */
  readonly specDefaults: SpecDefaults
  readonly inputs: InputImages
  /** Paths that Easel itself writes. */
  readonly outputs: ReadonlySet<string>
}

/** The image that a declaration stands for, or what is wrong with it. */
export async function resolveImage(
  declared: DeclaredImage & { readonly fields: NonNullable<DeclaredImage['fields']> },
  { defaults, presets, specDefaults, inputs, outputs }: Surroundings,
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
    const message = `output_format is "${merged.output_format}", but ${path} ends with ${extensionOf(path)}: end the path with ${wanted}, or leave output_format out.`
    report(['output_format'], message)
    return { diagnostics }
  }

  const local = new Map<string, LocalInput>()
  for (const [index, input] of (merged.input_images ?? []).entries()) {
    if (!isRepositoryPath(input)) continue
    const field = ['input_images', index]
    if (outputs.has(input)) {
      const whose = input === path ? 'the image itself' : 'an image that Easel makes'
      report(field, `${input} is ${whose}: start from an image that doesn’t change when Easel runs.`)
      continue
    }
    const found = await inputs.look(input)
    if ('problem' in found) report(field, `${input} ${found.problem}.`)
    else local.set(placeholder(input), found)
  }

  let spec: ImageSpec
  try {
    const written = { ...asSpec(fields), ...(format !== 'png' && { output_format: format }) }
    spec = resolveSpec(written, specDefaults)
  } catch (error) {
    if (!(error instanceof InvalidSpecError)) throw error
    for (const issue of error.issues) report(issue.path, issue.detail)
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

/** Defaults and presets with paths put so that the core takes them. */
export function toSpecDefaults(
  defaults: PartialImage,
  presets: Readonly<Record<string, PartialImage>>,
): SpecDefaults {
  return {
    defaults: asSpec(defaults),
    presets: Object.fromEntries(Object.entries(presets).map(([name, preset]) => [name, asSpec(preset)])),
  }
}

/** How a file of the repository stands in a spec: by its content. */
export function contentName(input: LocalInput): string {
  return `sha256:${input.sha256}`
}

function named(url: string, local: ReadonlyMap<string, LocalInput>): string {
  const input = local.get(url)
  return input ? contentName(input) : url
}

/** A spec knows no paths: until its content is known, a file is a `data:` URL that no author writes. */
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
