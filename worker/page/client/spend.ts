import { askJson, problemOf } from './api.ts'
import { barChart } from './chart.ts'
import { formatUsd } from '../../../shared/format.ts'
import { byId, h } from './dom.ts'
import { emptyNote, failureNote } from './notices.ts'
import { onToken, token } from './session.ts'
import { askForToken } from './token-dialog.ts'

interface Totals {
  readonly spent_usd: number
  readonly generated: number
  /** May have been billed. */
  readonly unknown: number
  readonly failed: number
}

/** Served from the cache: at least so many. */
interface Hits {
  readonly hits: number
  readonly saved_usd: number
}

/** `GET /v1/usage`. */
interface Usage extends Totals, Hits {
  readonly from: string
  readonly to: string
  readonly days: readonly (Totals & Hits & { readonly date: string })[]
  readonly models: readonly (Totals & { readonly model: string })[]
  readonly tokens: readonly (Totals & { readonly token: string | null })[]
  readonly budget: {
    readonly daily_usd?: number
    readonly monthly_usd?: number
    readonly spent_today_usd: number
    readonly spent_month_usd: number
    readonly reserved_usd: number
    readonly resets_at: string
  }
}

/** What was spent, and what is left. @returns called when the view is shown */
export function setUpSpend(): () => void {
  const section = byId('spend')
  onToken(() => {
    if (!section.hidden) void show()
  })
  return () => void show()

  async function show(): Promise<void> {
    if (token() === undefined) {
      section.replaceChildren(
        heading(),
        emptyNote(
          'Spending takes a token',
          'Add one of this Easel’s tokens to see what was generated, what it cost, and how much of the budget is left.',
          h('button', { type: 'button', class: 'primary', onclick: () => void askForToken() }, 'Add token'),
        ),
      )
      return
    }
    section.setAttribute('aria-busy', 'true')
    try {
      section.replaceChildren(heading(), ...report(await askJson<Usage>('/v1/usage')))
    } catch (error) {
      section.replaceChildren(
        heading(),
        failureNote(
          problemOf(error),
          h('button', { type: 'button', onclick: () => void show() }, 'Try again'),
        ),
      )
    } finally {
      section.removeAttribute('aria-busy')
    }
  }
}

function heading(): HTMLElement {
  return h('h1', {}, 'Spend')
}

function report(usage: Usage): HTMLElement[] {
  const { budget, days, models, tokens } = usage
  return [
    h(
      'div',
      { class: 'figures' },
      figure(
        'Today',
        budget.spent_today_usd,
        budget.daily_usd === undefined
          ? h('p', { class: 'hint' }, 'No daily budget is set.')
          : meter('today', budget.spent_today_usd, budget.daily_usd, budget.reserved_usd),
      ),
      figure(
        'This month',
        budget.spent_month_usd,
        budget.monthly_usd === undefined
          ? h('p', { class: 'hint' }, 'No monthly budget is set.')
          : meter('this month', budget.spent_month_usd, budget.monthly_usd, 0),
      ),
      figure(
        'Last 30 days',
        usage.spent_usd,
        h('p', { class: 'hint' }, `${usage.generated} generated, ${usage.failed} failed without a bill`),
      ),
      figure('Saved by the cache', usage.saved_usd, hitRatio(usage)),
    ),
    ...(usage.unknown > 0
      ? [
          h(
            'p',
            { class: 'warning' },
            `${usage.unknown} ${usage.unknown === 1 ? 'generation' : 'generations'} may have been billed: the connection broke off before OpenRouter said so. ${usage.unknown === 1 ? 'It counts with its' : 'They count with their'} estimate.`,
          ),
        ]
      : []),
    h('h2', {}, 'By day'),
    barChart(
      days.map(({ date, spent_usd, generated, hits, saved_usd }) => ({
        label: date,
        value: spent_usd,
        generated,
        hits,
        saved: saved_usd,
      })),
    ),
    h(
      'div',
      { class: 'tables' },
      totalsTable(
        'By model',
        'Model',
        models.map(({ model, ...totals }) => [model, totals]),
      ),
      totalsTable(
        'By token',
        'Token',
        tokens.map(({ token: name, ...totals }) => [name ?? 'none', totals]),
      ),
    ),
    h(
      'p',
      { class: 'hint' },
      'A hit is an image served from the cache, and saves what generating it had cost. Hits are reported every few minutes, and some not at all: there were at least so many.',
    ),
  ]
}

function figure(label: string, amount: number, below: Node): HTMLElement {
  return h(
    'section',
    { class: 'figure', 'aria-label': label },
    h('h2', {}, label),
    h('p', { class: 'amount' }, formatUsd(amount)),
    below,
  )
}

/** How much of what was asked for came from the cache, in the last 30 days. */
function hitRatio({ hits, generated }: Usage): HTMLElement {
  const all = hits + generated
  const counts = `${number(hits)} ${hits === 1 ? 'hit' : 'hits'}, ${number(generated)} ${generated === 1 ? 'miss' : 'misses'}`
  if (all === 0) return h('p', { class: 'hint' }, counts)
  // Never rounded up to all of it.
  const percent = Math.floor((hits / all) * 100)
  return h(
    'div',
    {},
    h('meter', { min: 0, max: 1, value: hits / all, 'aria-label': 'Part served from the cache' }),
    h('p', { class: 'hint' }, `${counts}: ${percent} % from the cache`),
  )
}

function number(value: number): string {
  return value.toLocaleString()
}

function meter(period: string, spent: number, limit: number, reserved: number): HTMLElement {
  const left = Math.max(0, limit - spent - reserved)
  const bar = h('meter', {
    min: 0,
    max: limit || 1,
    value: spent + reserved,
    high: limit * 0.8,
    optimum: 0,
    'aria-label': `Budget ${period}`,
  })
  const held = reserved > 0 ? ` (${formatUsd(reserved)} reserved)` : ''
  return h('div', {}, bar, h('p', { class: 'hint' }, `${formatUsd(left)} of ${formatUsd(limit)} left${held}`))
}

function totalsTable(
  caption: string,
  name: string,
  rows: readonly (readonly [string, Totals])[],
): HTMLElement {
  if (rows.length === 0)
    return h('section', {}, h('h2', {}, caption), h('p', { class: 'hint' }, 'Nothing in the last 30 days.'))
  const most = Math.max(...rows.map(([, { spent_usd: spent }]) => spent))
  return h(
    'section',
    {},
    h('h2', {}, caption),
    h(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
      h(
        'table',
        {},
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            ...[name, 'Spent', 'Generated', 'Failed', 'Unknown'].map((text) =>
              h('th', { scope: 'col' }, text),
            ),
          ),
        ),
        h(
          'tbody',
          {},
          ...rows.map(([label, { spent_usd: spent, generated, failed, unknown }]) =>
            h(
              'tr',
              {},
              h('th', { scope: 'row' }, label, share(most > 0 ? spent / most : 0)),
              ...[formatUsd(spent), generated, failed, unknown].map((value) => h('td', {}, String(value))),
            ),
          ),
        ),
      ),
    ),
  )
}

/** How much a row has of the largest one. */
function share(part: number): HTMLElement {
  const bar = h('span', { class: 'share', 'aria-hidden': 'true' })
  bar.style.setProperty('--part', `${part * 100}%`)
  return bar
}
