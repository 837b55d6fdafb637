import { ASPECT_RATIOS, OPTIONAL_FIELDS, specOfForm } from '../form-fields.ts'
import type { Problem } from './api.ts'
import { setUpAttachments } from './attachments.ts'
import { announce, byId, debounced, h, svg } from './dom.ts'
import { type Model, modelFacts, models, offerOf } from './models.ts'
import { queryOf } from './snippets.ts'
import { formatUsd } from '../../../shared/format.ts'
import { config } from './config.ts'
import { textOf } from './text.ts'

export type Spec = Readonly<Record<string, unknown>>

export interface SpecForm {
  /** What the form describes, attached files included. */
  spec(): Spec
  /** Shows another spec. */
  fill(spec: Spec): void
  /** Shows a problem beside the field that it is about. @returns whether there is such a field */
  showProblem(problem: Problem): boolean
  clearProblems(): void
  onChange(listener: () => void): void
}

/** Browsers refuse longer URLs, or more of them a second. */
const URL_MAX_CHARACTERS = 8000
const URL_DELAY_MS = 400

/** Takes over the form that the server has rendered: it shows what the chosen model has, and keeps the URL up to date. */
export function setUpForm(): SpecForm {
  const form = byId<HTMLFormElement>('form')
  const select = byId<HTMLSelectElement>('model')
  const listeners: (() => void)[] = []
  let known: readonly Model[] = []
  const changed = (): void => {
    rememberInUrl(spec())
    for (const listener of listeners) listener()
  }
  const attachments = setUpAttachments(form, () => changed())
  form.addEventListener('input', (event) => {
    if (event.target instanceof Element) clearProblem(event.target.getAttribute('name') ?? '')
    changed()
  })
  select.addEventListener('change', () => applyModel())
  byId('prompt').addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit()
  })
  void loadModels()

  return {
    spec,
    fill,
    showProblem,
    clearProblems,
    onChange: (listener) => void listeners.push(listener),
  }

  function spec(): Spec {
    const { input_images: urls = [], ...fields } = specOfForm(new FormData(form))
    const images = [...(urls as string[]), ...attachments.urls()]
    return { ...fields, ...(images.length > 0 && { input_images: images }) }
  }

  function fill(next: Spec): void {
    form.reset()
    attachments.clear()
    for (const control of form.elements) {
      if (isRadio(control)) control.checked = control.value === textOf(next[control.name])
      else if (isText(control)) control.value = linesOf(next[control.name])
    }
    const model = textOf(next['model'], config.defaultModel)
    if (!Array.from(select.options).some(({ value }) => value === model))
      select.append(h('option', { value: model }, model))
    select.value = model
    applyModel(next)
    clearProblems()
    changed()
  }

  async function loadModels(): Promise<void> {
    known = await models().catch(() => [])
    if (known.length === 0) return
    const chosen = select.value
    const options = Array.from(Map.groupBy(known, authorOf), ([author, theirs]) =>
      h('optgroup', { label: author }, ...theirs.map(optionOf)),
    )
    select.replaceChildren(
      ...(known.some(({ id }) => id === chosen) ? [] : [h('option', { value: chosen }, chosen)]),
      ...options,
    )
    select.value = chosen
    applyModel()
  }

  /** Shows the fields that the model has, with its values. Fields it hasn't are disabled, so they aren't sent. */
  function applyModel(wanted: Spec = spec()): void {
    const model = known.find(({ id }) => id === select.value)
    byId('model-facts').replaceChildren(...(model ? [modelFacts(model)] : []))
    if (!model) return
    const lost = [
      applyChoices('aspect_ratio', ratiosOf(model), wanted),
      applyChoices('image_size', valuesOf(model, 'image_size', ['1K']), wanted),
    ].filter((name) => name !== undefined)
    for (const { name, kind, values = [] } of OPTIONAL_FIELDS) {
      const offer = offerOf(model, name)
      show(name, offer !== undefined)
      const control = byId<HTMLInputElement | HTMLSelectElement>(name)
      if (kind === 'select' && control instanceof HTMLSelectElement) {
        const chosen = textOf(wanted[name])
        const offered = offer?.type === 'enum' ? offer.values : values
        control.replaceChildren(
          h('option', { value: '' }, 'Default'),
          ...offered.map((value) => h('option', { value }, value)),
        )
        control.value = offered.includes(chosen) ? chosen : ''
      } else if (offer?.type === 'range') {
        control.setAttribute('min', String(offer.min))
        control.setAttribute('max', String(offer.max))
      }
    }
    show('input_images', offerOf(model, 'input_images') !== undefined)
    if (lost.length > 0) announce(`${model.name} doesn’t have ${lost.join(' or ')}, so its default is used.`)
    changed()
  }

  /** @returns the value that was chosen and isn't offered */
  function applyChoices(name: string, values: readonly string[], wanted: Spec): string | undefined {
    const field = form.querySelector<HTMLElement>(`[data-field="${name}"] .choices`)
    if (!field) return undefined
    const chosen = textOf(wanted[name])
    const isOffered = chosen === '' || values.includes(chosen)
    show(name, values.length > 0)
    field.replaceChildren(
      ...['', ...values].map((value) =>
        h(
          'label',
          { class: 'choice' },
          h('input', { type: 'radio', name, value, checked: value === (isOffered ? chosen : '') }),
          name === 'aspect_ratio' && shape(value),
          h('span', {}, value || (name === 'aspect_ratio' ? 'Any' : 'Default')),
        ),
      ),
    )
    return isOffered ? undefined : chosen
  }

  function show(name: string, isShown: boolean): void {
    const field = form.querySelector<HTMLElement>(`[data-field="${name}"]`)
    if (!field) return
    field.hidden = !isShown
    for (const control of field.querySelectorAll<HTMLInputElement>('input, select, textarea')) {
      control.disabled = !isShown
    }
  }

  function showProblem({ field: path, detail }: Problem): boolean {
    const name = path?.replace(/[[.].*$/, '') ?? ''
    const error = document.getElementById(`${name}-error`)
    const field = form.querySelector<HTMLElement>(`[data-field="${name}"]`)
    if (!error || !field) return false
    clearProblems()
    error.textContent = detail
    error.hidden = false
    field.closest('details')?.setAttribute('open', '')
    field.querySelector('input, select, textarea')?.setAttribute('aria-invalid', 'true')
    return true
  }

  function clearProblems(): void {
    for (const { dataset } of form.querySelectorAll<HTMLElement>('[data-field]'))
      clearProblem(dataset['field'] ?? '')
  }
}

function clearProblem(name: string): void {
  const error = document.getElementById(`${name}-error`)
  if (!error || error.hidden) return
  error.hidden = true
  error.textContent = ''
  for (const control of document.querySelectorAll(`[data-field="${name}"] [aria-invalid]`)) {
    control.removeAttribute('aria-invalid')
  }
}

/** OpenRouter calls its models `Author: Name`. */
const AUTHOR = /^([^:]+): /

function authorOf({ name }: Model): string {
  return AUTHOR.exec(name)?.[1] ?? 'Others'
}

function optionOf({ id, name, estimate_usd: price }: Model): HTMLOptionElement {
  const rest = name.replace(AUTHOR, '')
  return h('option', { value: id }, price === undefined ? rest : `${rest} — ${formatUsd(price)}`)
}

/** The usual ones first. `auto` is what no choice means. */
function ratiosOf(model: Model): readonly string[] {
  const offered = valuesOf(model, 'aspect_ratio', ASPECT_RATIOS).filter((ratio) => ratio !== 'auto')
  const usual = ASPECT_RATIOS.filter((ratio) => offered.includes(ratio))
  return [...new Set([...usual, ...offered])]
}

function valuesOf(model: Model, field: string, otherwise: readonly string[]): readonly string[] {
  const offer = offerOf(model, field)
  if (offer === undefined) return []
  return offer.type === 'enum' ? offer.values : otherwise
}

/** The URL shows what the form describes, without attached files: it can be shared. */
const rememberInUrl = debounced(URL_DELAY_MS, (spec: Spec) => {
  if (byId('playground').hidden) return
  const { input_images: images, ...fields } = spec
  const links = (Array.isArray(images) ? images : []).filter((url) => !String(url).startsWith('data:'))
  const query = queryOf({ ...fields, ...(links.length > 0 && { input_images: links }) })?.toString()
  const address = query ? `/?${query}` : '/'
  if (address.length <= URL_MAX_CHARACTERS) history.replaceState(null, '', address)
})

/** A ratio as a rectangle of constant area. */
function shape(ratio: string): SVGElement {
  const [width = 1, height = 1] = (ratio || '1:1').split(':').map(Number)
  const scale = Math.min(Math.sqrt(196 / (width * height)), 22 / width, 22 / height)
  const [w, h_] = [width * scale, height * scale]
  const dashes = ratio === '' ? { 'stroke-dasharray': '2.5 2.5' } : {}
  return svg(
    'svg',
    { viewBox: '0 0 24 24', width: 24, height: 24, class: 'shape', 'aria-hidden': 'true' },
    svg('rect', { x: (24 - w) / 2, y: (24 - h_) / 2, width: w, height: h_, rx: 1.5, ...dashes }),
  )
}

function isRadio(control: Element): control is HTMLInputElement {
  return control instanceof HTMLInputElement && control.type === 'radio'
}

function isText(control: Element): control is HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement {
  return (
    (control instanceof HTMLInputElement && control.type !== 'file') ||
    control instanceof HTMLTextAreaElement ||
    control instanceof HTMLSelectElement
  )
}

/** A list of URLs has one a line. */
function linesOf(value: unknown): string {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
    ? value.join('\n')
    : textOf(value)
}
