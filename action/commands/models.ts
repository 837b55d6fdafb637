import { Command } from 'commander'
import type { ImageModel } from '../../shared/catalogue/model.ts'
import type { CostEstimate } from '../../shared/prices/estimate.ts'
import { type UpstreamOptions, upstreamFrom, usdAmount, withUpstreamOptions } from './options.ts'
import { print, printJson, printToStderr, type Terminal } from './terminal.ts'

interface ModelsOptions extends UpstreamOptions {
  readonly takes?: readonly string[]
  readonly maxPrice?: number
  readonly json?: boolean
}

/** `easel models`: the image models, what they accept and cost. */
export function modelsCommand(terminal: Terminal): Command {
  const command = new Command('models')
    .summary('list image models, what they accept and what they cost')
    .description(
      'Lists OpenRouter’s image models, what they accept and what an image costs. Needs no key. Without a network, Easel uses the list that it ships with.',
    )
    .argument('[search...]', 'words in the model’s id or name')
    .option(
      '-t, --takes <field=value...>',
      'only models that accept this, such as image_size=4K or input_images=2',
    )
    .option('-p, --max-price <usd>', 'only models whose image costs no more than this', usdAmount)
  withUpstreamOptions(command)
    .option('--json', 'print the full list as JSON')
    .addHelpText(
      'after',
      `
The price is for one image with the fields of --takes and the model's defaults.

Examples:
  $ easel models
  $ easel models gemini
  $ easel models --takes image_size=4K aspect_ratio=21:9 --max-price 0.20
  $ easel models --takes output_format=svg --json`,
    )
  return command.action(async (search: string[], options: ModelsOptions) => {
    const [{ onlineCatalogue }, { findModels }, { modelLines }] = await Promise.all([
      import('../config/catalogues.ts'),
      import('./find-models.ts'),
      import('./model-lines.ts'),
    ])
    const { models, source, warning } = await onlineCatalogue(upstreamFrom(options, terminal)).list()
    const found = findModels(models, { search, takes: options.takes ?? [], maxPriceUsd: options.maxPrice })
    if (options.json) {
      printJson(terminal, { source, models: found.map(({ model, price }) => asJson(model, price)) })
      return
    }
    print(terminal, await modelLines(found, Date.now()))
    if (source === 'snapshot') {
      printToStderr(terminal, [
        'OpenRouter’s list could not be fetched: this is the one that ships with Easel.',
        ...(warning === undefined ? [] : [warning]),
      ])
    }
  })
}

function asJson(model: ImageModel, price: CostEstimate): Record<string, unknown> {
  return { ...model, estimate_usd: price.usd ?? null, estimate_basis: price.basis }
}
