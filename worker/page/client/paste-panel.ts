import { type Generation, problemOf } from './api.ts'
import { config } from './config.ts'
import { copyButton } from './copy-button.ts'
import { h } from './dom.ts'
import { token } from './session.ts'
import { PASTED_EXPIRES_IN, signed } from './signed.ts'
import { promptUrl, type Snippet, snippetsOf } from './snippets.ts'

const EXPIRIES = [
  ['an hour', 3600],
  ['a day', 86_400],
  ['30 days', 2_592_000],
  ['a year', 31_536_000],
] as const

type Spec = Readonly<Record<string, unknown>>

/** What to paste: one tab for each form, each with a copy button. In `private` mode the image's URL is signed first. */
export function pastePanel(generation: Generation, spec: Spec): HTMLElement {
  const section = h('section', { class: 'paste', 'aria-label': 'Use this image' })
  if (config.mode === 'private') void signFirst()
  else section.append(...tabsOf(generation, spec))
  return section

  async function signFirst(): Promise<void> {
    try {
      const { url, expires } = await signed({ url: generation.url }, PASTED_EXPIRES_IN)
      section.append(
        ...tabsOf({ ...generation, url }, spec),
        h('p', { class: 'hint' }, `Anyone who has this URL sees the image, until ${dateOf(expires)}.`),
      )
    } catch (error) {
      section.append(h('p', { class: 'error' }, problemOf(error).detail))
    }
  }
}

function tabsOf(generation: Generation, spec: Spec): readonly HTMLElement[] {
  const snippets = snippetsOf(generation, spec)
  const url = promptUrl(spec)
  const panels = [
    ...snippets.map((snippet) => ({ ...snippet, content: codeBlock(snippet) })),
    ...(url === undefined ? [] : [{ id: 'signed', label: 'Signed URL', content: signedUrl(spec, url) }]),
  ]
  const tabs = panels.map(({ id, label }, index) =>
    h(
      'button',
      {
        type: 'button',
        role: 'tab',
        id: `tab-${id}`,
        'aria-controls': `panel-${id}`,
        'aria-selected': String(index === 0),
        tabindex: index === 0 ? 0 : -1,
        onclick: () => select(index),
        onkeydown: (event) => move(event, index),
      },
      label,
    ),
  )
  const bodies = panels.map(({ id, content }, index) =>
    h(
      'div',
      { role: 'tabpanel', id: `panel-${id}`, 'aria-labelledby': `tab-${id}`, hidden: index > 0 },
      content,
    ),
  )
  return [h('div', { role: 'tablist', 'aria-label': 'Forms to paste' }, ...tabs), ...bodies]

  function select(chosen: number): void {
    for (const [index, tab] of tabs.entries()) {
      tab.setAttribute('aria-selected', String(index === chosen))
      tab.tabIndex = index === chosen ? 0 : -1
      bodies[index]?.toggleAttribute('hidden', index !== chosen)
    }
  }

  function move(event: KeyboardEvent, from: number): void {
    const steps: Readonly<Record<string, number>> = {
      ArrowRight: from + 1,
      ArrowLeft: from - 1,
      Home: 0,
      End: tabs.length - 1,
    }
    const target = steps[event.key]
    if (target === undefined) return
    event.preventDefault()
    const to = (target + tabs.length) % tabs.length
    select(to)
    tabs[to]?.focus()
  }
}

function codeBlock({ label, text }: Omit<Snippet, 'id'>): HTMLElement {
  return h(
    'div',
    { class: 'code-block' },
    h('pre', { tabindex: 0, 'aria-label': label }, h('code', {}, text)),
    copyButton(() => text, label),
  )
}

/** Anyone who has a signed URL may have its image generated, until it expires. */
function signedUrl(spec: Spec, unsigned: string): HTMLElement {
  const output = h('div', { 'aria-live': 'polite' })
  const select = h(
    'select',
    { id: 'expiry' },
    ...EXPIRIES.map(([label, seconds]) =>
      h('option', { value: seconds, selected: seconds === 86_400 }, label),
    ),
  )
  return h(
    'div',
    { class: 'signed' },
    h(
      'p',
      { class: 'hint' },
      token() === undefined
        ? 'A signed URL lets anyone who has it generate this one image. Signing takes a token.'
        : 'Anyone who has the URL can have this one image generated, until it expires.',
    ),
    h(
      'p',
      { class: 'row' },
      h('label', { for: 'expiry' }, 'Valid for'),
      select,
      h('button', { type: 'button', onclick: () => void sign() }, 'Sign'),
    ),
    output,
    h('p', { class: 'hint' }, 'Unsigned:'),
    codeBlock({ label: 'Prompt URL', text: unsigned }),
  )

  async function sign(): Promise<void> {
    try {
      const { url, expires } = await signed({ spec }, Number(select.value))
      output.replaceChildren(
        codeBlock({ label: 'Signed URL', text: url }),
        h('p', { class: 'hint' }, `Valid until ${dateOf(expires)}.`),
      )
    } catch (error) {
      output.replaceChildren(h('p', { class: 'error' }, problemOf(error).detail))
    }
  }
}

function dateOf(time: string): string {
  return new Date(time).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })
}
