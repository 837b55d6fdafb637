import type { Capability, ImageModel } from '../../shared/catalogue/model.ts'
import { retirementWarning } from '../../shared/catalogue/retirement.ts'
import { imageSizeOf } from '../../shared/spec/pixel-sizes.ts'
import { formatUsd } from '../../shared/format.ts'
import { count } from '../report/format.ts'
import { oneLine } from '../report/one-line.ts'
import { columns } from '../report/table.ts'
import type { FoundModel } from './find-models.ts'

/** Fields that only some models accept, in the order they are listed. */
const EXTRAS = ['seed', 'quality', 'background', 'font_inputs', 'style', 'strength', 'text_layout'] as const

/**
 * A table of models for people, and the ends of those that retire.
 *
 * @param now  milliseconds since the epoch
 */
export async function modelLines(models: readonly FoundModel[], now: number): Promise<string[]> {
  if (models.length === 0) return ['No model matches all filters. Leave one out.']
  const head = ['MODEL', 'PRICE', 'SIZES', 'RATIOS', 'INPUTS', 'FORMATS', 'ALSO']
  const rows = models.map(({ model, price }) => [
    oneLine(model.id),
    price.usd === undefined ? '?' : formatUsd(price.usd),
    sizes(model),
    ratios(model),
    inputs(model),
    formats(model),
    extras(model),
  ])
  const ends = models.flatMap(({ model: { id, retirement } }) => {
    const warning = retirement && retirementWarning(id, retirement, now)
    return warning === undefined ? [] : [oneLine(warning)]
  })
  return [...(await columns([head, ...rows])), '', `${count(models.length, 'model')}.`, ...ends]
}

function sizes({ supported_parameters: { resolution } }: ImageModel): string {
  if (!resolution) return '1K'
  return resolution.type === 'enum' ? resolution.values.map(imageSizeOf).join(' ') : 'any'
}

function ratios({ supported_parameters: { aspect_ratio } }: ImageModel): string {
  if (!aspect_ratio) return '-'
  return aspect_ratio.type === 'enum' ? String(aspect_ratio.values.length) : 'any'
}

function inputs({ supported_parameters: { input_references } }: ImageModel): string {
  if (!input_references) return '-'
  if (input_references.type !== 'range') return 'yes'
  const { min, max } = input_references
  return min > 0 ? `${min}–${max}` : `≤ ${max}`
}

function formats({ supported_parameters: { output_format }, id }: ImageModel): string {
  if (output_format) return listOf(output_format)
  return id.includes('vector') ? 'svg' : 'png'
}

function extras(model: ImageModel): string {
  const passedOn = new Set(model.endpoints.flatMap((endpoint) => endpoint.allowed_passthrough_parameters))
  return EXTRAS.filter((field) => model.supported_parameters[field] || passedOn.has(field)).join(' ')
}

function listOf(capability: Capability): string {
  return capability.type === 'enum' ? capability.values.join(' ') : 'any'
}
