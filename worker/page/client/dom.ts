export type Child = Node | string | number | false | null | undefined

type AttributeValue = string | number | boolean | null | undefined
type Listener = (event: never) => unknown
type Listeners = {
  readonly [E in keyof HTMLElementEventMap as `on${E}`]?: (event: HTMLElementEventMap[E]) => unknown
}
type Attributes = Listeners & { readonly [name: string]: AttributeValue | Listener }

/**
 * An element with attributes, listeners and children. `true` is an attribute without a value; `false` and `undefined`
 * are none. Text stays text: nothing is ever parsed as HTML.
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value as EventListener)
    else setAttribute(element, name, value)
  }
  element.append(...present(children))
  return element
}

/** The same for SVG, without listeners. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, AttributeValue>> = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag)
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value)
  element.append(...present(children))
  return element
}

/** The element with this id, which the server has rendered. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as `querySelector` has it
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id)
  if (!element) throw new Error(`the page has no #${id}`)
  return element as T
}

/** Says something to screen readers; what is said twice is read twice. */
export function announce(text: string): void {
  const status = byId('status')
  status.textContent = ''
  requestAnimationFrame(() => {
    status.textContent = text
  })
}

/** Calls `run` once nothing has called it for that long, milliseconds. */
export function debounced<A extends readonly unknown[]>(
  ms: number,
  run: (...args: A) => void,
): (...args: A) => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  return (...args) => {
    clearTimeout(timer)
    timer = setTimeout(() => run(...args), ms)
  }
}

function setAttribute(element: Element, name: string, value: AttributeValue): void {
  if (value === false || value === undefined || value === null) return
  element.setAttribute(name, value === true ? '' : String(value))
}

function present(children: readonly Child[]): (Node | string)[] {
  return children
    .filter((child) => child !== false && child !== null && child !== undefined)
    .map((child) => (typeof child === 'number' ? String(child) : child))
}
