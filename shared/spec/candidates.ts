import type { ImageSpec } from './schema.ts'

/** A spec that names one model. */
export type SingleModelSpec = Omit<ImageSpec, 'models'>

/** The specs to ask for, in order: one for each of `models`, or just the one of `model`. */
export function candidateSpecs({ models, ...spec }: ImageSpec): [SingleModelSpec, ...SingleModelSpec[]] {
  const [first = spec.model, ...others] = models ?? []
  return [{ ...spec, model: first }, ...others.map((model) => ({ ...spec, model }))]
}
