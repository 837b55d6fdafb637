import { bill } from '../../../emulator/prices.ts'
import { readChatRequest } from '../../../emulator/wire/chat-request.ts'
import { readImagesRequest } from '../../../emulator/wire/images-request.ts'
import { checkCapabilities } from '../../../shared/catalogue/capabilities.ts'
import type { ImageModel } from '../../../shared/catalogue/model.ts'
import { UnsupportedByModelError } from '../../../shared/errors.ts'
import { buildRequest } from '../../../shared/openrouter/request.ts'
import { estimateCost } from '../../../shared/prices/estimate.ts'
import { imageSizeOf } from '../../../shared/spec/pixel-sizes.ts'
import type { ImageSpec } from '../../../shared/spec/schema.ts'
import { emulatorCatalogue } from './emulator-catalogue.ts'

/** One spec: what was estimated, reserved and billed, USD. */
export interface Priced {
  readonly model: string
  readonly spec: ImageSpec
  readonly estimateUsd: number
  readonly reserveUsd: number
  readonly billUsd: number
}

const PROMPT = 'A lighthouse at dusk, in the rain, seen from a small boat'
const INPUT = 'https://example.com/a.png'
const INPUT_SIZE = { width: 1024, height: 1024 }

/** Every model of the emulator's list, with all that its catalogue entry says it accepts. */
export async function pricedSpecs(): Promise<readonly Priced[]> {
  const { models } = await emulatorCatalogue().list()
  return models
    .filter(({ id }) => id !== 'emulator/retired-image')
    .flatMap((model) => specsOf(model).flatMap((spec) => priced(spec, model) ?? []))
}

function priced(spec: ImageSpec, model: ImageModel): Priced | undefined {
  try {
    checkCapabilities(spec, model)
    const { path, body } = buildRequest(spec, model)
    const read = path === '/images' ? readImagesRequest : readChatRequest
    const sizes = (spec.input_images ?? []).map(() => INPUT_SIZE)
    const { cost } = bill(read(JSON.stringify(body)), spec.n ?? 1, sizes)
    const { usd = Number.NaN, maxUsd = Number.NaN } = estimateCost(spec, model)
    return { model: model.id, spec, estimateUsd: usd, reserveUsd: maxUsd, billUsd: cost }
  } catch (error) {
    if (error instanceof UnsupportedByModelError) return undefined
    throw error
  }
}

function inputs(count: number): string[] {
  return Array.from({ length: count }, () => INPUT)
}

/** All resolutions with all ratios and qualities, and each of the other fields with those defaults. */
function specsOf(model: ImageModel): ImageSpec[] {
  const base: ImageSpec = { prompt: PROMPT, model: model.id }
  const values = (field: string): (string | undefined)[] => {
    const capability = model.supported_parameters[field]
    return [undefined, ...(capability?.type === 'enum' ? capability.values : [])]
  }
  const specs = values('resolution').flatMap((resolution) =>
    values('aspect_ratio').flatMap((aspect_ratio) =>
      values('quality').map((quality): ImageSpec => {
        return {
          ...base,
          ...(resolution && { image_size: imageSizeOf(resolution) }),
          ...(aspect_ratio && { aspect_ratio }),
          ...(quality && { quality }),
        }
      }),
    ),
  )
  const font = { font_url: 'https://example.com/a.ttf', text: 'Open' }
  return [
    ...specs,
    ...[2, 3, 4, 6, 10].map((n): ImageSpec => ({ ...base, n })),
    ...[1, 3, 16].map((count): ImageSpec => ({ ...base, input_images: inputs(count) })),
    ...['512x512', '1344x768', '2048x2048', '4096x4096'].map((size): ImageSpec => ({ ...base, size })),
    ...values('output_format').map((output_format): ImageSpec => {
      return { ...base, ...(output_format && { output_format }) }
    }),
    ...values('background').map((background): ImageSpec => ({ ...base, ...(background && { background }) })),
    { ...base, font_inputs: [font, font] },
    { ...base, input_images: inputs(1), super_resolution_references: inputs(4) },
    { ...base, n: 2, input_images: inputs(1) },
  ]
}
