import * as z from 'zod'
import type { ListedModel } from '../../shared/catalogue/catalogue.ts'
import { InvalidSpecError } from '../../shared/errors.ts'
import { estimateCost } from '../../shared/prices/estimate.ts'
import { specIssue } from '../../shared/spec/spec-issue.ts'
import { dataResult, type Tool } from './tool.ts'

/** Which models there are, in the few words that a choice needs. */
export const listModels: Tool = {
  name: 'list_models',
  title: 'List image models',
  description:
    'Lists the image models with the price of one image at their defaults, what each accepts, and when it retires. Free.',
  input: z.strictObject({}),
  isReadOnly: true,

  async call(args, { ports: { catalogue, settings } }) {
    const [unknown] = Object.keys(args ?? {})
    if (unknown !== undefined) {
      throw new InvalidSpecError([
        specIssue([unknown], `${unknown} is not accepted: list_models takes nothing.`),
      ])
    }
    const { models } = await catalogue.list()
    return dataResult({ default_model: settings.defaultModel, models: models.map(describe) })
  },
}

function describe(model: ListedModel) {
  const { id, name, supported_parameters, retirement } = model
  return {
    id,
    name,
    estimate_usd: estimateCost({ prompt: 'An image', model: id }, model).usd,
    takes_input_images: model.input_modalities.includes('image'),
    aspect_ratios: valuesOf(supported_parameters['aspect_ratio']),
    resolutions: valuesOf(supported_parameters['resolution']),
    qualities: valuesOf(supported_parameters['quality']),
    retires: retirement?.date,
  }
}

function valuesOf(capability: ListedModel['supported_parameters'][string] | undefined) {
  return capability?.type === 'enum' ? capability.values : undefined
}
