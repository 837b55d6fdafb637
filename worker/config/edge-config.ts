import { isRepositoryPath } from '../../shared/config/schema.ts'
import { EaselError, InvalidSpecError } from '../../shared/errors.ts'
import { specIssue } from '../../shared/spec/spec-issue.ts'
import type { Fingerprint } from '../../shared/fingerprint.ts'
import { resolveSpec } from '../../shared/spec/parse.ts'
import type { ImageSpec, ImageSpecInput } from '../../shared/spec/schema.ts'
import type { CompiledConfig, ListedImage } from './compiled-config.ts'

/** The `easel.yml` that the Worker was deployed with; one that says nothing, where there is none. */
export interface EdgeConfig {
  /**
   * A complete spec, with the config's defaults and presets.
   *
   * @throws {InvalidSpecError} also when a preset starts from a file of the repository
   */
  resolve(input: ImageSpecInput): ImageSpec
  /** A listed image, by its path or its id. */
  find(name: string): ListedImage | undefined
  isListed(fingerprint: Fingerprint): boolean
  readonly presetNames: readonly string[]
}

/** @param defaultModel  where neither the spec, its preset nor the config's defaults name one */
export function createEdgeConfig(
  { defaults, presets, images }: CompiledConfig,
  defaultModel: string,
): EdgeConfig {
  // A path says more than an id does, so it goes before one that looks like it.
  const byName = new Map([
    ...images.flatMap((image) => (image.id === undefined ? [] : [[image.id, image] as const])),
    ...images.map((image) => [image.path, image] as const),
  ])
  const listed = new Set(
    images.flatMap(({ fingerprint, sentFingerprint = fingerprint }) => [fingerprint, sentFingerprint]),
  )
  return {
    resolve(input) {
      const preset = Object.hasOwn(presets, input.preset ?? '') ? presets[input.preset ?? ''] : undefined
      assertNoFiles(input.input_images ?? preset?.input_images ?? defaults.input_images ?? [])
      return resolveSpec(input, { defaults, presets, model: defaultModel })
    },
    find: (name) => byName.get(name),
    isListed: (fingerprint) => listed.has(fingerprint),
    presetNames: Object.keys(presets),
  }
}

function assertNoFiles(inputImages: readonly string[]): void {
  const index = inputImages.findIndex(isRepositoryPath)
  const path = inputImages[index]
  if (path === undefined) return
  const field = `input_images[${index}]`
  const detail = `${field} is ${JSON.stringify(path)}, a file of the repository, which only the Action has: use an https URL.`
  throw new InvalidSpecError([specIssue(['input_images', index], detail)])
}

/** @throws {EaselError} `not_found` for an image that starts from files, which are in the repository only */
export function assertGeneratesHere({ path, files }: ListedImage): void {
  if (files.length === 0) return
  throw new EaselError(
    'not_found',
    `${path} isn’t cached, and can’t be generated here: it starts from ${files.join(', ')}, which only the repository has. Run the Action with this Easel as its base-url.`,
  )
}
