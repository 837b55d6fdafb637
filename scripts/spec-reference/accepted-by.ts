import { checkCapabilities } from '../../shared/catalogue/capabilities.ts'
import type { ImageModel } from '../../shared/catalogue/model.ts'
import { UnsupportedByModelError } from '../../shared/errors.ts'
import { imageSizeOf } from '../../shared/spec/pixel-sizes.ts'
import type { ImageSpec, SpecField } from '../../shared/spec/schema.ts'
import { code, type JsonSchema } from './form.ts'

/** Numbers up to here are tried one by one, to find where a model stops. */
const MAX_COUNT = 16

interface Candidate {
  readonly name: string | number
  readonly value: unknown
}

/** Markdown lines that say which models accept which values of a field, by the catalogue. */
export function acceptedBy(field: SpecField, schema: JsonSchema, models: readonly ImageModel[]): string[] {
  const candidates = candidatesOf(field, schema, models)
  const groups = Map.groupBy(models, (model) =>
    describe(candidates.filter(({ value }) => accepts(model, field, value)).map(({ name }) => name)),
  )
  const refusing = groups.get('') ?? []
  groups.delete('')
  const [only] = groups.values()
  if (candidates.length === 1 && only) return [`Accepted by ${namesOf(only, models)}.`]
  const lines = Array.from(groups)
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([accepted, group]) => `- ${accepted}: ${namesOf(group, models)}`)
  const others = refusing.length > 0 ? ['- The other models do not accept this field.'] : []
  return ['Accepted values by model:\n', ...lines, ...others]
}

function namesOf(group: readonly ImageModel[], all: readonly ImageModel[]): string {
  return group.length === all.length ? 'every model' : group.map(({ id }) => code(id)).join(', ')
}

/** Fields whose values are the models' own, and how the lists spell and name them. */
const LISTED_VALUES: ReadonlyMap<SpecField, (model: ImageModel) => readonly string[]> = new Map([
  ['image_size', (model) => ['1K', ...enumOf(model, 'resolution').map(imageSizeOf)]],
  ...(['aspect_ratio', 'quality', 'background', 'output_format'] as const).map(
    (field) => [field, (model: ImageModel) => enumOf(model, field)] as const,
  ),
])

function enumOf({ supported_parameters }: ImageModel, parameter: string): readonly string[] {
  const capability = supported_parameters[parameter]
  return capability?.type === 'enum' ? capability.values : []
}

/** The values to try: all of them where they can be listed, else the example. */
function candidatesOf(
  field: SpecField,
  { enum: values, maximum = Infinity, maxItems = 1, examples = [] }: JsonSchema,
  models: readonly ImageModel[],
): Candidate[] {
  const [example] = examples
  const listed =
    values ?? Array.from(new Set(models.flatMap((model) => LISTED_VALUES.get(field)?.(model) ?? [])))
  if (listed.length > 0) return listed.map((value) => ({ name: value, value }))
  if (Number.isInteger(example) && maximum <= MAX_COUNT) {
    return upTo(maximum).map((value) => ({ name: value, value }))
  }
  if (field === 'input_images' && Array.isArray(example)) {
    return upTo(maxItems).map((count) => ({ name: count, value: upTo(count).map(() => String(example[0])) }))
  }
  return [{ name: 'yes', value: example }]
}

function accepts(model: ImageModel, field: SpecField, value: unknown): boolean {
  try {
    const spec: ImageSpec = { prompt: 'x', model: model.id, [field]: value }
    checkCapabilities(spec, model)
    return true
  } catch (error) {
    if (error instanceof UnsupportedByModelError) return false
    throw error
  }
}

/** Words as a list. Numbers, which a model accepts from 1 on, as a range. */
function describe(names: readonly (string | number)[]): string {
  const [first] = names
  if (typeof first !== 'number') return names.map(code).join(', ')
  return names.length === 1 ? String(first) : `${first} to ${names.at(-1)}`
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}
