import { formatUsd } from '../../../shared/format.ts'
import { h, svg } from './dom.ts'

export interface Bar {
  /** A day, `2026-11-22`. */
  readonly label: string
  /** USD. */
  readonly value: number
  readonly generated: number
  readonly hits: number
  /** USD. */
  readonly saved: number
}

const WIDTH = 720
const HEIGHT = 180
const BASE = 156
const TOP = 22

const COLUMNS = ['Day', 'Spent', 'Generated', 'From the cache', 'Saved'] as const

/** Bars by day, with the same numbers as a table. */
export function barChart(bars: readonly Bar[]): HTMLElement {
  const most = Math.max(...bars.map(({ value }) => value), 0)
  const step = WIDTH / Math.max(1, bars.length)
  const ceiling = most === 0 ? 1 : niceCeiling(most)
  const peak = bars.find(({ value }) => value === most)
  const summary =
    most === 0 || !peak
      ? 'Nothing was spent in these days.'
      : `Spending by day. The most was ${formatUsd(most)} on ${peak.label}.`
  const chart = svg(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: 'chart', role: 'img', 'aria-label': summary },
    ...[0.5, 1].map((part) => svg('line', { x1: 0, x2: WIDTH, y1: yOf(part), y2: yOf(part), class: 'rule' })),
    svg('line', { x1: 0, x2: WIDTH, y1: BASE, y2: BASE, class: 'base' }),
    ...bars.map(({ label, value, generated, hits }, index) => {
      const height = Math.max(value > 0 ? 2 : 0, ((BASE - TOP) * value) / ceiling)
      return svg(
        'g',
        { class: 'bar' },
        svg('rect', { x: index * step, y: TOP, width: step, height: BASE - TOP, class: 'area' }),
        svg('rect', {
          x: index * step + step * 0.16,
          y: BASE - height,
          width: step * 0.68,
          height,
          rx: 2,
          class: 'value',
        }),
        svg('title', {}, `${label}: ${formatUsd(value)}, ${generated} generated, ${hits} from the cache`),
      )
    }),
    ...[0.5, 1].map((part) => svg('text', { x: 0, y: yOf(part) - 5 }, formatUsd(ceiling * part))),
    ...[0, bars.length - 1].flatMap((index) => {
      const bar = bars[index]
      const anchor = index === 0 ? 'start' : 'end'
      return bar
        ? [
            svg(
              'text',
              { x: index === 0 ? 0 : WIDTH, y: HEIGHT - 6, 'text-anchor': anchor },
              dayText(bar.label),
            ),
          ]
        : []
    }),
  )
  return h(
    'figure',
    { class: 'chart-figure' },
    chart,
    h(
      'details',
      {},
      h('summary', {}, 'As a table'),
      h(
        'table',
        {},
        h('thead', {}, h('tr', {}, ...COLUMNS.map((name) => h('th', { scope: 'col' }, name)))),
        h(
          'tbody',
          {},
          ...bars
            .filter(({ generated, hits, value }) => generated + hits + value > 0)
            .map(({ label, value, generated, hits, saved }) =>
              h(
                'tr',
                {},
                h('th', { scope: 'row' }, label),
                ...[formatUsd(value), generated, hits, formatUsd(saved)].map((cell) =>
                  h('td', {}, String(cell)),
                ),
              ),
            ),
        ),
      ),
    ),
  )
}

function yOf(part: number): number {
  return BASE - (BASE - TOP) * part
}

/** So that the highest bar takes most of the chart, and its half is a round amount. */
function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return ([1, 1.2, 1.6, 2, 3, 4, 6, 8, 10].find((factor) => factor * power >= value) ?? 10) * power
}

function dayText(day: string): string {
  return new Date(`${day}T00:00:00Z`).toLocaleDateString(undefined, {
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
  })
}
