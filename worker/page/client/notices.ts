import type { Problem } from './api.ts'
import { formatUsd } from '../../../shared/format.ts'
import { type Child, h } from './dom.ts'

/** What went wrong, what it cost, and what to do. */
export function failureNote(problem: Problem, ...actions: readonly Child[]): HTMLElement {
  const { title, detail, code, may_have_been_billed: isUnknown, billed_usd: billedUsd } = problem
  return h(
    'div',
    { class: 'failure', role: 'alert' },
    h('h2', {}, title),
    h('p', {}, detail),
    isUnknown && h('p', {}, 'It may have been billed. Check your OpenRouter activity before you try again.'),
    billedUsd !== undefined && h('p', {}, `OpenRouter billed ${formatUsd(billedUsd)} for it.`),
    actions.length > 0 && h('p', { class: 'row' }, ...actions),
    h('p', { class: 'code' }, code),
  )
}

/** A friendly empty state. */
export function emptyNote(title: string, text: string, ...actions: readonly Child[]): HTMLElement {
  return h(
    'div',
    { class: 'empty' },
    h('h2', {}, title),
    h('p', {}, text),
    actions.length > 0 && h('p', { class: 'row' }, ...actions),
  )
}
