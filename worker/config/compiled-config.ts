import type { PartialImage } from '../../shared/config/schema.ts'
import type { Fingerprint } from '../../shared/fingerprint.ts'
import type { ImageSpec } from '../../shared/spec/schema.ts'

/** An `easel.yml`, read and checked when the Worker was built: see scripts/compile-config.ts. */
export interface CompiledConfig {
  readonly defaults: PartialImage
  readonly presets: Readonly<Record<string, PartialImage>>
  readonly images: readonly ListedImage[]
}

/** One image of the config. */
export interface ListedImage {
  readonly path: string
  readonly id?: string
  /** The Action's: a line in the lock has the same. */
  readonly fingerprint: Fingerprint
  /** Of `sent`, where that is another: what the Action generates through this Worker is kept under it. */
  readonly sentFingerprint?: Fingerprint
  /** Complete; files of the repository stand in it as `sha256:<hex>`. */
  readonly spec: ImageSpec
  /** The same, as the model is asked for it. */
  readonly sent: ImageSpec
  /** Files of the repository that it starts from, which the Worker does not have. */
  readonly files: readonly string[]
}
