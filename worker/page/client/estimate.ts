import { askJson, json, problemOf } from './api.ts'
import { formatUsd } from '../../../shared/format.ts'
import { byId, debounced, h } from './dom.ts'
import type { Spec, SpecForm } from './form.ts'
import { onToken } from './session.ts'

interface Estimate {
  readonly usd?: number
  readonly max_usd?: number
  readonly cached: boolean
  readonly warnings?: readonly string[]
}

/** Typing pauses this long, milliseconds, before the Worker is asked. */
const PAUSE_MS = 250

/**
 * Keeps the line beside the button up to date: what a click would cost, or what is wrong.
 *
 * @returns asks again, after something was generated
 */
export function setUpEstimate(form: SpecForm): () => void {
  let asking = new AbortController()
  const update = debounced(PAUSE_MS, () => void estimate())
  form.onChange(update)
  onToken(update)
  update()
  return update

  async function estimate(): Promise<void> {
    asking.abort()
    asking = new AbortController()
    const { signal } = asking
    const line = byId('estimate')
    const spec = form.spec()
    if (typeof spec['prompt'] !== 'string') {
      line.replaceChildren()
      return
    }
    try {
      const found = await askJson<Estimate>('/v1/estimate', { ...json(withoutFiles(spec)), signal })
      line.replaceChildren(
        priceLine(found, spec),
        ...(found.warnings ?? []).map((text) => h('span', { class: 'warning' }, text)),
      )
    } catch (error) {
      if (signal.aborted) return
      const problem = problemOf(error)
      line.replaceChildren()
      if (!form.showProblem(problem) && problem.code !== 'unauthorized')
        line.append(h('span', { class: 'error' }, problem.detail))
    }
  }
}

function priceLine({ usd: price, max_usd: most, cached }: Estimate, spec: Spec): Node {
  if (cached && !hasFiles(spec)) return h('span', {}, h('strong', {}, 'Free'), ' — already cached')
  if (price === undefined || most === undefined) return h('span', {}, 'Price unknown')
  const upTo = most > price * 1.05 ? `, at most ${formatUsd(most)}` : ''
  return h('span', {}, 'About ', h('strong', {}, formatUsd(price)), upTo)
}

function hasFiles(spec: Spec): boolean {
  return JSON.stringify(spec['input_images'] ?? []).includes('"data:')
}

/** How many input images there are is enough for a price: megabytes aren't sent for it. */
function withoutFiles(spec: Spec): Spec {
  const images = spec['input_images']
  if (!Array.isArray(images)) return spec
  return {
    ...spec,
    input_images: images.map((url: unknown, index) =>
      String(url).startsWith('data:') ? `https://example.com/attached-${index}.png` : url,
    ),
  }
}
