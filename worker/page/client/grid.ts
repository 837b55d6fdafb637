import { h } from './dom.ts'

/** One place of the grid. */
export interface Tile {
  readonly element: HTMLElement
  /** Called once the tile has stayed in view for a moment. */
  load(): void
  /** Called when it has left the view. */
  release(): void
}

export interface Grid {
  readonly element: HTMLElement
  /** Shows tiles for the first `count` items. */
  setCount(count: number): void
  /** Removes everything. */
  clear(): void
  /** Moves the focus to an item, scrolling to it. */
  focus(index: number): void
}

/** Pixels. */
const TILE_MIN = 168
const GAP = 12

/** Rows that are kept above and below what is visible. */
const MARGIN_ROWS = 2

/** How long a tile stays in view before its image is loaded, milliseconds: flinging past thousands loads few. */
const SETTLE_MS = 90

/**
 * A grid of square tiles that holds only those in view, so that thousands of items take the memory of a screen.
 *
 * @param create     the tile of an item
 * @param onNearEnd  called when the last item is nearly in view
 */
export function createGrid(create: (index: number) => Tile, onNearEnd: () => void): Grid {
  const element = h('ul', { class: 'tiles', role: 'list' })
  const tiles = new Map<number, { readonly tile: Tile; readonly timer: ReturnType<typeof setTimeout> }>()
  let count = 0
  let columns = 1
  let side = TILE_MIN
  let frame = 0
  addEventListener('scroll', schedule, { passive: true })
  new ResizeObserver(() => {
    measure()
    for (const [index, { tile }] of tiles) place(index, tile.element)
    schedule()
  }).observe(element)

  return {
    element,
    setCount(next) {
      count = next
      measure()
      schedule()
    },
    clear() {
      count = 0
      for (const index of tiles.keys()) remove(index)
      measure()
    },
    focus(index) {
      const top = element.getBoundingClientRect().top + scrollY + rowOf(index) * rowHeight()
      if (top < scrollY || top > scrollY + innerHeight - side) scrollTo({ top: top - innerHeight / 3 })
      render()
      tiles.get(index)?.tile.element.querySelector<HTMLElement>('button')?.focus()
    },
  }

  function measure(): void {
    const width = element.clientWidth || TILE_MIN
    columns = Math.max(2, Math.floor((width + GAP) / (TILE_MIN + GAP)))
    side = (width - GAP * (columns - 1)) / columns
    element.style.height = `${Math.max(0, Math.ceil(count / columns) * rowHeight() - GAP)}px`
  }

  function schedule(): void {
    frame ||= requestAnimationFrame(() => {
      frame = 0
      render()
    })
  }

  function render(): void {
    if (element.offsetParent === null || count === 0) return
    const { top } = element.getBoundingClientRect()
    const first = Math.max(0, Math.floor(-top / rowHeight()) - MARGIN_ROWS)
    const last = Math.ceil((innerHeight - top) / rowHeight()) + MARGIN_ROWS
    const from = first * columns
    const to = Math.min(count, last * columns)
    for (const index of tiles.keys()) if (index < from || index >= to) remove(index)
    for (let index = from; index < to; index++) if (!tiles.has(index)) add(index)
    if (last * columns >= count - columns) onNearEnd()
  }

  function add(index: number): void {
    const tile = create(index)
    place(index, tile.element)
    // In order, so that the keyboard goes through them in order.
    const next = Array.from(tiles.keys()).reduce(
      (least, one) => (one > index && one < least ? one : least),
      Infinity,
    )
    element.insertBefore(tile.element, tiles.get(next)?.tile.element ?? null)
    tiles.set(index, { tile, timer: setTimeout(() => tile.load(), SETTLE_MS) })
  }

  function remove(index: number): void {
    const entry = tiles.get(index)
    if (!entry || entry.tile.element.contains(document.activeElement)) return
    clearTimeout(entry.timer)
    entry.tile.release()
    entry.tile.element.remove()
    tiles.delete(index)
  }

  function place(index: number, { style }: HTMLElement): void {
    style.width = `${side}px`
    style.height = `${side}px`
    style.transform = `translate(${(index % columns) * (side + GAP)}px, ${rowOf(index) * rowHeight()}px)`
  }

  function rowOf(index: number): number {
    return Math.floor(index / columns)
  }

  function rowHeight(): number {
    return side + GAP
  }
}
