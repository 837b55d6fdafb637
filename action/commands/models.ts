import { Command } from 'commander'
import type { ImageModel } from '../../shared/catalogue/model.ts'
import type { CostEstimate } from '../../shared/prices/estimate.ts'
import { type UpstreamOptions, upstreamFrom, usdAmount, withUpstreamOptions } from './options.ts'
import { print, printJson, tell, type Terminal } from './terminal.ts'

interface ModelsOptions extends UpstreamOptions {
  readonly takes?: readonly string[]
  readonly maxPrice?: number
  readonly json?: boolean
}

/** `easel models`: what can be generated with, and for how much. */
export function modelsCommand(terminal: Terminal): Command {
  const command = new Command('models')
    .summary('list the image models: what they take, what they cost')
    .description(
      'Lists OpenRouter’s image models with what they take and what an image costs. Needs no key; without the network, the list that comes with Easel is used.',
    )
    .argument('[search...]', 'words that the model’s name holds')
    .option(
      '-t, --takes <field=value...>',
      'only models that take this, such as image_size=4K or input_images=2',
    )
    .option('-p, --max-price <usd>', 'only models whose image costs no more', usdAmount)
  withUpstreamOptions(command)
    .option('--json', 'print the list as JSON, with everything that is known')
    .addHelpText(
      'after',
      `
The price is of one image as --takes describes it, else of the model's defaults.

Examples:
  $ easel models
  $ easel models gemini
  $ easel models --takes image_size=4K aspect_ratio=21:9 --max-price 0.20
  $ easel models --takes output_format=svg --json`,
    )
  return command.action(async (search: string[], options: ModelsOptions) => {
    const [{ onlineCatalogue }, { findModels }, { modelLines }] = await Promise.all([
      import('../generate/generate-and-prune.ts'),
      import('./find-models.ts'),
      import('./model-lines.ts'),
    ])
    const { models, source } = await onlineCatalogue(upstreamFrom(options, terminal)).list()
    const found = findModels(models, { search, takes: options.takes ?? [], maxPriceUsd: options.maxPrice })
    if (options.json) {
      printJson(terminal, { source, models: found.map(({ model, price }) => asJson(model, price)) })
      return
    }
    print(terminal, await modelLines(found))
    if (source === 'snapshot') {
      tell(terminal, ['OpenRouter’s list can’t be had: this is the one that comes with Easel.'])
    }
  })
}

function asJson(model: ImageModel, price: CostEstimate): Record<string, unknown> {
  return { ...model, estimate_usd: price.usd ?? null, estimate_basis: price.basis }
}
