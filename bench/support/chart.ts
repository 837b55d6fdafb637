/** A line of a chart: points of what was put in and what it cost. */
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

const WIDTH = 640
const HEIGHT = 360
const LEFT = 72
const RIGHT = 24
const TOP = 44
const BOTTOM = 56
/** Apart in brightness, too. */
const COLORS = ['#3730a3', '#d97706', '#6b7280']

/** An SVG on log scales, where a straight line of 45° is growth in proportion. Readable on white and on black. */
export function drawChart({ title, x, y, series }: Chart): string {
  const points = series.flatMap((one) => one.points)
  const [fromX, toX] = decades(points.map(([at]) => at))
  const [fromY, toY] = decades(points.map(([, value]) => value))
  const placeX = (value: number): number =>
    LEFT + ((Math.log10(value) - fromX) / (toX - fromX)) * (WIDTH - LEFT - RIGHT)
  const placeY = (value: number): number =>
    HEIGHT - BOTTOM - ((Math.log10(value) - fromY) / (toY - fromY)) * (HEIGHT - TOP - BOTTOM)

  const gridX = range(fromX, toX).map((power) => {
    const at = placeX(10 ** power).toFixed(1)
    return `<path d="M${at} ${TOP}V${HEIGHT - BOTTOM}" class="grid"/><text x="${at}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${label(power)}</text>`
  })
  const gridY = range(fromY, toY).map((power) => {
    const at = placeY(10 ** power).toFixed(1)
    return `<path d="M${LEFT} ${at}H${WIDTH - RIGHT}" class="grid"/><text x="${LEFT - 8}" y="${Number(at) + 4}" text-anchor="end">${label(power)}</text>`
  })
  const lines = series.map((one, index) => {
    const color = COLORS[index % COLORS.length]
    const places = one.points.map(([at, value]) => `${placeX(at).toFixed(1)} ${placeY(value).toFixed(1)}`)
    const dots = places.map((place) => {
      const [cx, cy] = place.split(' ')
      return `<circle cx="${cx}" cy="${cy}" r="3.5" fill="${color}"/>`
    })
    const legend = `<path d="M${LEFT + 12} ${TOP + 14 + index * 18}h20" stroke="${color}" stroke-width="2.5"/><text x="${LEFT + 38}" y="${TOP + 18 + index * 18}">${escape(one.name)}</text>`
    return `<path d="M${places.join('L')}" fill="none" stroke="${color}" stroke-width="2.5"/>${dots.join('')}${legend}`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escape(title)}">
<style>text{font:12px system-ui,sans-serif;fill:#111827}.grid{stroke:#d1d5db;fill:none}</style>
<rect width="100%" height="100%" rx="8" fill="#fff"/>
<text x="${LEFT}" y="26" style="font-size:15px;font-weight:600">${escape(title)}</text>
${[...gridX, ...gridY].join('\n')}
${lines.join('\n')}
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 14}" text-anchor="middle">${escape(x)}</text>
<text x="18" y="${(TOP + HEIGHT - BOTTOM) / 2}" text-anchor="middle" transform="rotate(-90 18 ${(TOP + HEIGHT - BOTTOM) / 2})">${escape(y)}</text>
</svg>
`
}

/**
 * The power with which a cost grows: 0 when it doesn't, 1 in proportion. The slope of the straight line nearest
 * to the points on log scales.
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

function decades(values: readonly number[]): [number, number] {
  const from = Math.floor(Math.log10(Math.min(...values)))
  return [from, Math.max(from + 1, Math.ceil(Math.log10(Math.max(...values))))]
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}

function label(power: number): string {
  return (10 ** power).toLocaleString('en', { maximumFractionDigits: 3 })
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
