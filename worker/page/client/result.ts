import type { Generation } from './api.ts'
import { formatBytes, formatUsd } from '../../../shared/format.ts'
import { confirmedRegeneration } from './confirm.ts'
import { h } from './dom.ts'
import type { Spec } from './form.ts'
import { largeImage } from './images.ts'
import { pastePanel } from './paste-panel.ts'
import { token } from './session.ts'
import { imageLink } from './signed.ts'
import { textOf } from './text.ts'

export interface ResultActions {
  generate(spec: Spec, refresh?: boolean): Promise<void>
  fill(spec: Spec): void
}

/** The images of a generation, what they cost, and what to paste. */
export function resultView(
  generation: Generation,
  spec: Spec,
  seconds: number,
  { generate, fill }: ResultActions,
): HTMLElement {
  const { images, text, problems = [] } = generation
  const prompt = textOf(spec['prompt'])
  return h(
    'div',
    { class: 'result' },
    h(
      'div',
      { class: images.length > 1 ? 'images several' : 'images' },
      ...images.map((image, index) =>
        imageLink(
          image.url,
          { target: '_blank', 'aria-label': `Open image ${index + 1} of ${images.length}` },
          largeImage(image, prompt),
        ),
      ),
    ),
    h('p', { class: 'summary' }, summary(generation, seconds)),
    text && h('blockquote', { class: 'model-text' }, text),
    ...problems.map((problem) => h('p', { class: 'warning' }, problem)),
    h(
      'p',
      { class: 'row' },
      h('button', { type: 'button', onclick: () => void another() }, 'Another take'),
      token() !== undefined &&
        h('button', { type: 'button', onclick: () => void regenerate() }, 'Regenerate'),
      imageLink(generation.url, { class: 'button', download: '' }, 'Download'),
    ),
    pastePanel(generation, spec),
  )

  async function another(): Promise<void> {
    const next = { ...spec, take: Number(spec['take'] ?? 1) + 1 }
    fill(next)
    await generate(next)
  }

  async function regenerate(): Promise<void> {
    if (await confirmedRegeneration(generation)) await generate(spec, true)
  }
}

function summary({ images, model, cost_usd: cost, cache }: Generation, seconds: number): string {
  const [image] = images
  const price = cost === undefined ? 'at an unknown price' : `for ${formatUsd(cost)}`
  const how =
    cache === 'hit'
      ? `Cached: free (generated once ${price})`
      : `Generated ${price} in ${seconds.toFixed(1)} s`
  return [how, model, image && `${image.width} × ${image.height}`, image && formatBytes(image.bytes)]
    .filter(Boolean)
    .join(' · ')
}
