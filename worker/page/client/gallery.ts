import { thumbhashToDataUrl } from '../../../shared/url/thumbhash.ts'
import { askJson, type ListedImage, problemOf } from './api.ts'
import { formatUsd } from '../../../shared/format.ts'
import { type GalleryActions, showDetail } from './detail.ts'
import { announce, byId, debounced, h } from './dom.ts'
import { createGrid, type Tile } from './grid.ts'
import { showImage, thumbnailPath } from './images.ts'
import { models } from './models.ts'
import { emptyNote, failureNote } from './notices.ts'
import { onToken, token } from './session.ts'
import { askForToken } from './token-dialog.ts'

interface Page {
  readonly images: readonly ListedImage[]
  readonly cursor?: string
}

const PAGE_LIMIT = 100
const SEARCH_PAUSE_MS = 300

/** All images, newest first. @returns called when the view is shown */
export function setUpGallery(actions: GalleryActions): () => void {
  const section = byId('gallery')
  const words = h('input', {
    type: 'search',
    id: 'gallery-q',
    placeholder: 'Words of the prompt',
    maxlength: 200,
  })
  const model = h('select', { id: 'gallery-model' }, h('option', { value: '' }, 'All models'))
  const note = h('div', { class: 'note' })
  const more = h('p', { class: 'hint center', role: 'status' })
  const grid = createGrid(createTile, () => void loadMore())
  let images: ListedImage[] = []
  let cursor: string | undefined
  let isComplete = false
  let loading: AbortController | undefined
  let shownFor: string | undefined

  const restart = debounced(SEARCH_PAUSE_MS, () => reload())
  words.addEventListener('input', restart)
  model.addEventListener('change', () => reload())
  onToken(() => {
    if (!section.hidden) reload()
  })
  section.replaceChildren(
    h('h1', {}, 'Gallery'),
    h(
      'form',
      { class: 'toolbar', role: 'search', onsubmit: (event) => event.preventDefault() },
      h('div', {}, h('label', { for: 'gallery-q' }, 'Search'), words),
      h('div', {}, h('label', { for: 'gallery-model' }, 'Model'), model),
    ),
    note,
    grid.element,
    more,
  )

  return () => {
    const query = new URLSearchParams(location.search)
    words.value = query.get('q') ?? words.value
    void fillModels(query.get('model') ?? model.value)
    if (shownFor !== stateKey()) reload()
  }

  async function fillModels(chosen: string): Promise<void> {
    if (model.options.length > 1) return
    const known = await models().catch(() => [])
    model.append(...known.map(({ id, name }) => h('option', { value: id }, name)))
    if (chosen === '') return
    if (!known.some(({ id }) => id === chosen)) model.append(h('option', { value: chosen }, chosen))
    model.value = chosen
    if (shownFor !== stateKey()) reload()
  }

  function stateKey(): string {
    return JSON.stringify([token(), words.value.trim(), model.value])
  }

  function reload(): void {
    loading?.abort()
    loading = undefined
    images = []
    cursor = undefined
    isComplete = false
    shownFor = stateKey()
    grid.clear()
    note.replaceChildren()
    more.textContent = ''
    rememberInUrl()
    if (token() === undefined) {
      note.replaceChildren(
        emptyNote(
          'The gallery takes a token',
          'Prompts and costs are for this Easel’s owner. Add one of its tokens to see every image again.',
          h('button', { type: 'button', class: 'primary', onclick: () => void askForToken() }, 'Add token'),
        ),
      )
      return
    }
    void loadMore()
  }

  async function loadMore(): Promise<void> {
    if (loading || isComplete || token() === undefined) return
    const mine = new AbortController()
    loading = mine
    more.textContent = 'Loading…'
    try {
      const query = new URLSearchParams({
        limit: String(PAGE_LIMIT),
        ...(words.value.trim() !== '' && { q: words.value.trim() }),
        ...(model.value !== '' && { model: model.value }),
        ...(cursor !== undefined && { cursor }),
      })
      const page = await askJson<Page>(`/v1/images?${query}`, { signal: mine.signal })
      images.push(...page.images)
      cursor = page.cursor
      isComplete = cursor === undefined
      more.textContent = isComplete && images.length > 0 ? countText() : ''
      if (isComplete && images.length === 0) note.replaceChildren(nothingFound())
      if (page.images.length > 0 && images.length === page.images.length)
        announce(`${images.length}${isComplete ? '' : ' or more'} images.`)
      loading = undefined
      // Asks again for what is still in view, and goes on with a filter that has found little.
      grid.setCount(images.length)
      if (page.images.length === 0) void loadMore()
    } catch (error) {
      if (mine.signal.aborted) return
      loading = undefined
      isComplete = true
      more.textContent = ''
      note.replaceChildren(
        failureNote(problemOf(error), h('button', { type: 'button', onclick: () => reload() }, 'Try again')),
      )
    }
  }

  function createTile(index: number): Tile {
    const image = images[index]
    if (!image) throw new Error('a tile without an image')
    const picture = h('img', { alt: '', decoding: 'async', loading: 'lazy' })
    picture.addEventListener('load', () => picture.classList.add('loaded'))
    const caption = `${image.prompt.slice(0, 200)}. ${image.model}${image.cost_usd === undefined ? '' : `, ${formatUsd(image.cost_usd)}`}`
    const button = h(
      'button',
      { type: 'button', 'aria-label': caption, onclick: () => open(index) },
      picture,
      h('span', { class: 'caption', 'aria-hidden': 'true' }, image.prompt),
    )
    if (image.thumbhash) button.style.backgroundImage = `url("${thumbhashToDataUrl(image.thumbhash)}")`
    let shown: { release(): void } | undefined
    return {
      element: h(
        'li',
        { 'aria-setsize': isComplete ? images.length : -1, 'aria-posinset': index + 1 },
        button,
      ),
      load() {
        shown = showImage(picture, thumbnailPath(image))
      },
      release: () => shown?.release(),
    }
  }

  function open(index: number): void {
    const image = images[index]
    if (!image) return
    void showDetail(image, {
      ...actions,
      hasNext: (step) => images[index + step] !== undefined,
      go: (step) => open(index + step),
      onClose: () => grid.focus(index),
      onPurged() {
        images = images.filter((other) => other !== image)
        const count = images.length
        grid.clear()
        grid.setCount(count)
        if (count === 0) note.replaceChildren(nothingFound())
      },
    })
  }

  function nothingFound(): HTMLElement {
    const isFiltered = words.value.trim() !== '' || model.value !== ''
    if (!isFiltered)
      return emptyNote(
        'No images yet',
        'Whatever is generated here appears in this place, newest first.',
        h('a', { href: '/', class: 'button' }, 'Generate the first'),
      )
    return emptyNote(
      'Nothing found',
      'No image has all these words in its prompt and this model.',
      h(
        'button',
        {
          type: 'button',
          onclick: () => {
            words.value = ''
            model.value = ''
            reload()
          },
        },
        'Show all',
      ),
    )
  }

  function countText(): string {
    return `${images.length} ${images.length === 1 ? 'image' : 'images'}. That’s all.`
  }

  function rememberInUrl(): void {
    if (section.hidden) return
    const query = new URLSearchParams({ view: 'gallery' })
    if (words.value.trim() !== '') query.set('q', words.value.trim())
    if (model.value !== '') query.set('model', model.value)
    history.replaceState(null, '', `/?${query}`)
  }
}
