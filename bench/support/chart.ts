/** A line of a chart: points of amount and cost. */
export interface Series {
  readonly name: string
  readonly points: readonly (readonly [number, number])[]
}

export interface Chart {
  readonly title: string
  readonly x: string
  readonly y: string
  readonly series: readonly Series[]
}

/** The space between the axes. */
const PLOT = { width: 544, height: 380 } as const
/** The title and the legend need this much. */
const MIN_WIDTH = 420
const LEFT = 72
const RIGHT = 24
/** Height of the title, above the legend. */
const TITLE = 40
const LEGEND_LINE = 18
const BOTTOM = 56
/** They differ in brightness, too. */
const COLORS = ['#3730a3', '#d97706', '#6b7280']

/**
 * An SVG with log scales. A decade has the same length on both axes, so a line at 45° is growth in proportion.
 * Readable on white and on black.
 */
export function drawChart({ title, x, y, series }: Chart): string {
  const points = series.flatMap((one) => one.points)
  const ticksX = ticksAround(points.map(([at]) => at))
  const ticksY = ticksAround(points.map(([, value]) => value))
  const decade = Math.min(PLOT.width / decadesOf(ticksX), PLOT.height / decadesOf(ticksY))
  const right = LEFT + decade * decadesOf(ticksX)
  const width = Math.round(Math.max(right + RIGHT, MIN_WIDTH))
  const top = TITLE + series.length * LEGEND_LINE + 14
  const bottom = top + decade * decadesOf(ticksY)
  const height = Math.round(bottom + BOTTOM)
  const placeX = (value: number): string => (LEFT + decade * Math.log10(value / (ticksX[0] ?? 1))).toFixed(1)
  const placeY = (value: number): string =>
    (bottom - decade * Math.log10(value / (ticksY[0] ?? 1))).toFixed(1)

  const gridX = ticksX.map(
    (tick) =>
      `<path d="M${placeX(tick)} ${top}V${bottom.toFixed(1)}" class="grid"/><text x="${placeX(tick)}" y="${(bottom + 18).toFixed(1)}" text-anchor="middle">${label(tick)}</text>`,
  )
  const gridY = ticksY.map(
    (tick) =>
      `<path d="M${LEFT} ${placeY(tick)}H${right.toFixed(1)}" class="grid"/><text x="${LEFT - 8}" y="${(Number(placeY(tick)) + 4).toFixed(1)}" text-anchor="end">${label(tick)}</text>`,
  )
  const lines = series.map((one, index) => {
    const color = COLORS[index % COLORS.length]
    const places = one.points.map(([at, value]) => [placeX(at), placeY(value)] as const)
    const dots = places.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3.5" fill="${color}"/>`)
    const at = TITLE + index * LEGEND_LINE + 4
    const legend = `<path d="M${LEFT} ${at}h20" stroke="${color}" stroke-width="2.5"/><text x="${LEFT + 28}" y="${at + 4}">${escape(one.name)}</text>`
    const path = places.map((place) => place.join(' ')).join('L')
    return `<path d="M${path}" fill="none" stroke="${color}" stroke-width="2.5"/>${dots.join('')}${legend}`
  })
  const middle = ((top + bottom) / 2).toFixed(1)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(title)}">
<style>text{font:12px system-ui,sans-serif;fill:#111827}.grid{stroke:#d1d5db;fill:none}</style>
<rect width="100%" height="100%" rx="8" fill="#fff"/>
<text x="${LEFT}" y="24" style="font-size:15px;font-weight:600">${escape(title)}</text>
${[...gridX, ...gridY].join('\n')}
${lines.join('\n')}
<text x="${((LEFT + right) / 2).toFixed(1)}" y="${height - 14}" text-anchor="middle">${escape(x)}</text>
<text x="18" y="${middle}" text-anchor="middle" transform="rotate(-90 18 ${middle})">${escape(y)}</text>
</svg>
`
}

/**
 * The exponent of a cost's growth: 0 if it is constant, 1 if it grows in proportion. The slope of the straight line
 * fitted to the points on log scales.
 */
export function growthOf(points: Series['points']): number {
  const logs = points.map(([at, value]) => [Math.log(at), Math.log(value)] as const)
  const meanX = mean(logs.map(([at]) => at))
  const meanY = mean(logs.map(([, value]) => value))
  const above = mean(logs.map(([at, value]) => (at - meanX) * (value - meanY)))
  return above / mean(logs.map(([at]) => (at - meanX) ** 2))
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / values.length
}

/** 1, 3, 10, 30 and so on, at least a decade: from the last one at or below all values to the first at or above. */
function ticksAround(values: readonly number[]): number[] {
  const least = Math.min(...values)
  const most = Math.max(...values)
  let from = 2 * Math.floor(Math.log10(least))
  while (tickAt(from + 1) <= least) from++
  let to = from + 2
  while (tickAt(to) < most) to++
  return Array.from({ length: to - from + 1 }, (_, index) => tickAt(from + index))
}

function tickAt(step: number): number {
  return 10 ** Math.floor(step / 2) * (step % 2 === 0 ? 1 : 3)
}

function decadesOf(ticks: readonly number[]): number {
  return Math.log10((ticks.at(-1) ?? 1) / (ticks[0] ?? 1))
}

function label(tick: number): string {
  return tick.toLocaleString('en', { maximumFractionDigits: 3 })
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
