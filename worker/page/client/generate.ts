import { ask, type Generation, json, type Problem, ProblemError, problemOf } from './api.ts'
import { announce, byId, h } from './dom.ts'
import { readEvents } from './events.ts'
import type { Spec, SpecForm } from './form.ts'
import { emptyNote, failureNote } from './notices.ts'
import { resultView } from './result.ts'
import { askForToken, mayGenerate } from './token-dialog.ts'
import { textOf } from './text.ts'

export interface Generator {
  /** @param refresh  generate although the image is cached */
  generate(spec: Spec, refresh?: boolean): Promise<void>
}

/** Generates what the form describes, and shows on the stage how it goes. */
export function setUpGenerate(form: SpecForm, onGenerated: () => void): Generator {
  const element = byId<HTMLFormElement>('form')
  const stage = byId('stage')
  const button = byId<HTMLButtonElement>('generate')
  let waiting: AbortController | undefined
  element.addEventListener('submit', (event) => {
    event.preventDefault()
    void generate(form.spec())
  })
  return { generate }

  async function generate(spec: Spec, refresh = false): Promise<void> {
    form.clearProblems()
    if (typeof spec['prompt'] !== 'string' && spec['preset'] === undefined) {
      form.showProblem({ ...NO_PROMPT })
      byId('prompt').focus()
      return
    }
    if (!mayGenerate() && !(await askForToken())) return
    waiting?.abort()
    const mine = new AbortController()
    waiting = mine
    const view = progressView(spec, () => mine.abort())
    stage.replaceChildren(view.element)
    if (matchMedia('(max-width: 61.99rem)').matches) stage.scrollIntoView({ behavior: motion() })
    button.disabled = true
    announce('Generating.')
    const startedAt = performance.now()
    try {
      const generation = await stream(spec, refresh, mine.signal, view.preview)
      const seconds = (performance.now() - startedAt) / 1000
      stage.replaceChildren(resultView(generation, spec, seconds, { generate, fill: form.fill }))
      onGenerated()
      announce(generation.cache === 'hit' ? 'The image was cached.' : 'The image is ready.')
    } catch (error) {
      stage.replaceChildren(mine.signal.aborted ? leftNote(spec) : failed(problemOf(error), spec))
    } finally {
      view.stop()
      if (waiting === mine) {
        waiting = undefined
        button.disabled = false
      }
    }
  }

  function failed(problem: Problem, spec: Spec): HTMLElement {
    const isBeside = form.showProblem(problem)
    if (isBeside) document.getElementById(problem.field?.replace(/[[.].*$/, '') ?? '')?.focus()
    return failureNote(
      problem,
      h('button', { type: 'button', onclick: () => void generate(spec) }, 'Try again'),
    )
  }

  /** A generation can't be called back: the model is at work, and bills what it does. */
  function leftNote(spec: Spec): HTMLElement {
    announce('You stopped waiting. The image is still being generated, and will be billed.')
    return emptyNote(
      'You stopped waiting',
      'The model has the request already, so the image is still being generated and will be billed. It is kept: asking for it again costs nothing more.',
      h('button', { type: 'button', onclick: () => void generate(spec) }, 'Wait for it again'),
    )
  }
}

const NO_PROMPT: Problem = {
  title: 'No prompt',
  status: 400,
  code: 'invalid_spec',
  field: 'prompt',
  detail: 'Say in a few words what the image should show.',
}

async function stream(
  spec: Spec,
  refresh: boolean,
  signal: AbortSignal,
  onPreview: (base64: string) => void,
): Promise<Generation> {
  const headers = { Accept: 'text/event-stream', ...(refresh && { 'Cache-Control': 'no-cache' }) }
  const response = await ask('/v1/images', { ...json(spec, headers), signal })
  try {
    for await (const { event, data } of readEvents(response)) {
      if (event === 'done') return data as Generation
      if (event === 'error') throw new ProblemError(data as Problem)
      if (event === 'preview') onPreview((data as { readonly b64_json: string }).b64_json)
    }
  } catch (error) {
    if (signal.aborted || error instanceof ProblemError) throw error
    console.error(error)
  }
  throw new ProblemError({
    title: 'The connection broke off',
    status: 0,
    code: 'offline',
    detail: 'The image is still being generated. Try again: you join it, and pay nothing twice.',
  })
}

/** What the stage shows while a model works. */
function progressView(spec: Spec, onCancel: () => void) {
  const startedAt = performance.now()
  const elapsed = h('span', { class: 'elapsed', 'aria-hidden': 'true' }, '0 s')
  const state = h('span', {}, 'Generating')
  const canvas = h(
    'div',
    { class: 'canvas', role: 'img', 'aria-label': 'The image, while it is generated' },
    h('div', { class: 'shimmer' }),
  )
  canvas.style.setProperty('aspect-ratio', textOf(spec['aspect_ratio'], '1:1').replace(':', ' / '))
  const timer = setInterval(() => {
    elapsed.textContent = `${Math.floor((performance.now() - startedAt) / 1000)} s`
  }, 250)
  return {
    element: h(
      'div',
      { class: 'progress', 'aria-busy': 'true' },
      canvas,
      h(
        'p',
        { class: 'row spread' },
        h('span', {}, state, ' · ', elapsed),
        h('button', { type: 'button', class: 'quiet', onclick: onCancel }, 'Stop waiting'),
      ),
      h('p', { class: 'hint' }, 'Stopping doesn’t stop the model: the image is billed, and kept for you.'),
    ),
    preview(base64: string): void {
      state.textContent = 'Generating, preview'
      canvas.replaceChildren(h('img', { src: `data:${typeOf(base64)};base64,${base64}`, alt: '' }))
    },
    stop: () => clearInterval(timer),
  }
}

/** The type of an image, from the first characters of its base64. */
function typeOf(base64: string): string {
  if (base64.startsWith('/9j/')) return 'image/jpeg'
  return base64.startsWith('UklG') ? 'image/webp' : 'image/png'
}

function motion(): ScrollBehavior {
  return matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth'
}
