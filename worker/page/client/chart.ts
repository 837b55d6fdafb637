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

/** Of the drawing, which is stretched to the width of the page. */
const WIDTH = 720
const HEIGHT = 100

const COLUMNS = ['Day', 'Spent', 'Generated', 'From the cache', 'Saved'] as const

/** Bars by day, with the same numbers as a table. */
export function barChart(bars: readonly Bar[]): HTMLElement {
  const most = Math.max(...bars.map(({ value }) => value), 0)
  const ceiling = most === 0 ? 1 : niceCeiling(most)
  const peak = bars.find(({ value }) => value === most)
  const summary =
    most === 0 || !peak
      ? 'Nothing was spent in these days.'
      : `Spending by day. The most was ${formatUsd(most)} on ${peak.label}.`
  const first = bars[0]
  const last = bars.at(-1)
  return h(
    'figure',
    {},
    h(
      'div',
      { class: 'chart' },
      // Text would be stretched with the drawing.
      h(
        'div',
        { class: 'amounts', 'aria-hidden': 'true' },
        ...[1, 0.5].map((part) => h('span', {}, formatUsd(ceiling * part))),
      ),
      svg(
        'svg',
        {
          viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
          preserveAspectRatio: 'none',
          role: 'img',
          'aria-label': summary,
        },
        ...[0, 0.5, 1].map((part) =>
          svg('line', { x1: 0, x2: WIDTH, y1: part * HEIGHT, y2: part * HEIGHT, class: 'rule' }),
        ),
        ...bars.map((bar, index) => drawBar(bar, index, WIDTH / bars.length, ceiling)),
      ),
      h(
        'div',
        { class: 'days', 'aria-hidden': 'true' },
        ...[first, last].map((bar) => bar && h('span', {}, dayText(bar.label))),
      ),
    ),
    h('details', {}, h('summary', {}, 'As a table'), barTable(bars)),
  )
}

function drawBar({ label, value, generated, hits }: Bar, index: number, step: number, ceiling: number) {
  const height = value > 0 ? Math.max(1.5, (HEIGHT * value) / ceiling) : 0
  return svg(
    'g',
    { class: 'bar' },
    svg('rect', { x: index * step, y: 0, width: step, height: HEIGHT, class: 'area' }),
    svg('rect', {
      x: (index + 0.16) * step,
      y: HEIGHT - height,
      width: step * 0.68,
      height,
      class: 'value',
    }),
    svg('title', {}, `${label}: ${formatUsd(value)}, ${generated} generated, ${hits} from the cache`),
  )
}

function barTable(bars: readonly Bar[]): HTMLElement {
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'By day' },
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
  )
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
