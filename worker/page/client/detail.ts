import { ask, askJson, type Generation, type ListedImage, problemOf } from './api.ts'
import { formatBytes, formatUsd } from '../../../shared/format.ts'
import { confirmed, confirmedRegeneration } from './confirm.ts'
import { copyButton } from './copy-button.ts'
import { announce, h } from './dom.ts'
import type { Spec } from './form.ts'
import { largeImage } from './images.ts'
import { failureNote } from './notices.ts'
import { pastePanel } from './paste-panel.ts'
import { imageLink } from './signed.ts'
import { textOf } from './text.ts'

export interface GalleryActions {
  /** Shows a spec in the playground; generates it where `start` says so. */
  use(spec: Spec, start: boolean, refresh?: boolean): void
}

export interface DetailActions extends GalleryActions {
  hasNext(step: 1 | -1): boolean
  go(step: 1 | -1): void
  onClose(): void
  onPurged(): void
}

/** One image of the gallery: everything that is known of it, and what can be done with it. */
export async function showDetail(image: ListedImage, actions: DetailActions): Promise<void> {
  const body = h('div', { class: 'detail-body' }, h('p', { class: 'hint' }, 'Loading…'))
  let isMovingOn = false
  const close = (): void => dialog.close()
  const step = (by: 1 | -1): void => {
    if (!actions.hasNext(by)) return
    isMovingOn = true
    dialog.close()
    actions.go(by)
  }
  const dialog = h(
    'dialog',
    {
      class: 'detail',
      'aria-labelledby': 'detail-title',
      onkeydown: (event) => {
        if (event.target instanceof Element && event.target.closest('[role=tablist], pre, select')) return
        if (event.key === 'ArrowRight') step(1)
        if (event.key === 'ArrowLeft') step(-1)
      },
    },
    h(
      'header',
      { class: 'row spread' },
      h('h2', { id: 'detail-title', tabindex: -1, autofocus: true }, 'Image'),
      h(
        'p',
        { class: 'row' },
        h(
          'button',
          { type: 'button', class: 'quiet', disabled: !actions.hasNext(-1), onclick: () => step(-1) },
          'Newer',
        ),
        h(
          'button',
          { type: 'button', class: 'quiet', disabled: !actions.hasNext(1), onclick: () => step(1) },
          'Older',
        ),
        h('button', { type: 'button', class: 'quiet', onclick: close }, 'Close'),
      ),
    ),
    h('div', { class: 'detail-columns' }, largeImage(image, image.prompt), body),
  )
  dialog.addEventListener('close', () => {
    dialog.remove()
    if (!isMovingOn) actions.onClose()
  })
  document.body.append(dialog)
  dialog.showModal()
  try {
    const generation = await askJson<Generation>(`/v1/images/${image.fingerprint}`)
    body.replaceChildren(...facts(generation))
  } catch (error) {
    body.replaceChildren(failureNote(problemOf(error)))
  }

  function facts(generation: Generation): Node[] {
    const { spec, request, prompt } = generation
    const shown: Spec = spec ?? { prompt: prompt ?? image.prompt, model: generation.model }
    const rows: readonly (readonly [string, string | undefined])[] = [
      ['Model', generation.model],
      ['Cost', generation.cost_usd === undefined ? 'not reported' : formatUsd(generation.cost_usd)],
      ['Generated', new Date(generation.created).toLocaleString()],
      ['Size', `${image.width} × ${image.height}, ${formatBytes(image.bytes)}, ${image.media_type}`],
    ]
    return [
      h('p', { class: 'detail-prompt' }, textOf(shown['prompt'])),
      h(
        'dl',
        { class: 'rows' },
        ...rows.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))),
      ),
      h(
        'dl',
        { class: 'rows' },
        h(
          'div',
          {},
          h('dt', {}, 'Fingerprint'),
          h(
            'dd',
            { class: 'row' },
            h('code', {}, `${image.fingerprint.slice(0, 16)}…`),
            copyButton(() => image.fingerprint, 'fingerprint'),
          ),
        ),
      ),
      ...(generation.images.length > 1
        ? [
            h(
              'p',
              { class: 'row' },
              'All images: ',
              ...generation.images.map(({ url }, index) => imageLink(url, { target: '_blank' }, `${index}`)),
            ),
          ]
        : []),
      h('p', { class: 'row' }, ...buttons(generation, shown, Boolean(spec))),
      ...(generation.text ? [h('blockquote', { class: 'model-text' }, generation.text)] : []),
      h(
        'details',
        {},
        h('summary', {}, spec ? 'Spec' : 'Request'),
        h(
          'pre',
          { tabindex: 0, 'aria-label': 'Spec' },
          h('code', {}, JSON.stringify(spec ?? request, null, 2)),
        ),
      ),
      versions(generation),
      pastePanel(generation, shown),
    ]
  }

  function buttons(generation: Generation, spec: Spec, isSpec: boolean): Node[] {
    return [
      ...(isSpec
        ? [
            h(
              'button',
              { type: 'button', onclick: () => use({ ...spec, take: Number(spec['take'] ?? 1) + 1 }, true) },
              'Another take',
            ),
            h('button', { type: 'button', onclick: () => use(spec, false) }, 'Edit prompt'),
            h('button', { type: 'button', onclick: () => void regenerate(generation, spec) }, 'Regenerate'),
          ]
        : []),
      h('button', { type: 'button', class: 'danger', onclick: () => void purge() }, 'Purge'),
    ]
  }

  function use(spec: Spec, start: boolean, refresh = false): void {
    isMovingOn = true
    dialog.close()
    actions.use(spec, start, refresh)
  }

  async function regenerate(generation: Generation, spec: Spec): Promise<void> {
    if (await confirmedRegeneration(generation)) use(spec, true, true)
  }

  async function purge(): Promise<void> {
    const isWanted = await confirmed({
      title: 'Purge this image?',
      text: 'It is deleted everywhere, with all its sizes, and its URLs stop working. This can’t be undone.',
      action: 'Purge',
    })
    if (!isWanted) return
    try {
      await ask(`/v1/images/${image.fingerprint}`, { method: 'DELETE' })
      announce('The image was purged.')
      actions.onPurged()
      dialog.close()
    } catch (error) {
      body.prepend(failureNote(problemOf(error)))
    }
  }
}

/** The permanent URLs of each image; one that is pinned shows these bytes forever, or redirects. */
function versions({ images }: Generation): HTMLElement {
  const list = h('ul', { class: 'plain' }, ...images.map(({ url }) => urlLine('Current', url)))
  return h('details', { ontoggle: () => void addPinned() }, h('summary', {}, 'Versions and URLs'), list)

  async function addPinned(): Promise<void> {
    if (list.childElementCount > images.length) return
    const pinned = await Promise.all(images.map(({ url }) => pinnedUrl(url).catch(() => undefined)))
    list.append(
      ...pinned.filter((url) => url !== undefined).map((url) => urlLine('Pinned to these bytes', url)),
    )
  }
}

async function pinnedUrl(url: string): Promise<string | undefined> {
  const { headers } = await ask(new URL(url).pathname, { method: 'HEAD' })
  const pin = /[0-9a-f]{16}/.exec(headers.get('ETag') ?? '')?.[0]
  return pin === undefined ? undefined : `${url}?v=${pin}`
}

function urlLine(label: string, url: string): HTMLElement {
  return h(
    'li',
    { class: 'row' },
    h('span', { class: 'grow' }, `${label}: `, h('code', {}, url)),
    copyButton(() => url, label),
  )
}
