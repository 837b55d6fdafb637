import type { Colour } from './colour.ts'
import { mix } from './colour.ts'

export type Point = readonly [x: number, y: number]

/** A flat colour, or a gradient that the canvas made. */
export type Paint = string

export type Stop = readonly [offset: number, colour: Colour, opacity?: number]

export interface Look {
  readonly opacity?: number
  /** Gives light itself: keeps its colour at night. */
  readonly lit?: boolean
  /** Radius of a rectangle's corners. */
  readonly round?: number
  /** Degrees, clockwise, about the shape's own middle (rectangles and ellipses). */
  readonly turn?: number
}

export interface Placing {
  readonly x: number
  readonly y: number
  readonly scale?: number
  readonly flip?: boolean
  readonly turn?: number
  /** Light that falls on everything inside. */
  readonly tint?: { readonly colour: Colour; readonly amount: number }
}

export interface CanvasOptions {
  readonly width: number
  readonly height: number
  /** Applied to every colour: monochrome, pastel, … */
  readonly grade: (colour: Colour) => Colour
  /** Thin paint that gathers at the edges of every surface. */
  readonly isWash?: boolean
  /** Outlines on paper instead of surfaces. */
  readonly line?: { readonly ink: Colour; readonly paper: Colour; readonly weight: number }
}

/** Collects shapes; coordinates are pixels, y grows downwards. */
export interface Canvas {
  readonly width: number
  readonly height: number
  readonly isLineArt: boolean
  path(d: string, paint: Paint, look?: Look): void
  polygon(points: readonly Point[], paint: Paint, look?: Look): void
  /** A smooth closed outline through the points. */
  blob(points: readonly Point[], paint: Paint, look?: Look): void
  rect(x: number, y: number, width: number, height: number, paint: Paint, look?: Look): void
  ellipse(x: number, y: number, radiusX: number, radiusY: number, paint: Paint, look?: Look): void
  circle(x: number, y: number, radius: number, paint: Paint, look?: Look): void
  /** An open line; `d` is path data. */
  stroke(d: string, colour: Colour, width: number, look?: Look): void
  /** A soft shine that fades out at `radius`. */
  glow(x: number, y: number, radius: number, colour: Colour, opacity: number): void
  /** Top to bottom of the shape, or along the angle in degrees (0 is left to right). */
  linear(stops: readonly Stop[], angle?: number): Paint
  group(placing: Placing, draw: () => void): void
  /** Markup that the caller vouches for, such as text. */
  raw(markup: string): void
  /** Everything so far, as a standalone SVG document. */
  toSvg(): string
}

export function createCanvas({ width, height, grade, line, isWash = false }: CanvasOptions): Canvas {
  const shapes: string[] = []
  const definitions: string[] = []
  const gradients = new Map<string, Paint>()
  let scale = 1
  let tint: Placing['tint']

  const coloured = (paint: Paint, lit = false): string => {
    if (paint.startsWith('url(')) return paint
    return grade(tint === undefined || lit ? paint : mix(paint, tint.colour, tint.amount))
  }
  const fill = (paint: Paint, look: Look): string => {
    if (line !== undefined) {
      const weight = n(line.weight / scale)
      return `fill="${line.paper}" stroke="${line.ink}" stroke-width="${weight}" stroke-linejoin="round"`
    }
    const colour = coloured(paint, look.lit)
    const opacity = look.opacity === undefined ? '' : ` fill-opacity="${n(look.opacity)}"`
    if (!isWash || paint.startsWith('url(') || look.opacity !== undefined) return `fill="${colour}"${opacity}`
    const weight = n(Math.min(width, height) / 260 / scale)
    return `fill="${colour}" fill-opacity="0.88" stroke="${mix(colour, '#2a3358', 0.35)}" stroke-opacity="0.3" stroke-width="${weight}"`
  }
  // In line art, veils, shines and shadows have no outline worth drawing.
  const isVeil = (look: Look): boolean =>
    line !== undefined && look.opacity !== undefined && look.opacity < 0.7
  const add = (element: string, paint: Paint, look: Look, turn = ''): void => {
    if (!isVeil(look)) shapes.push(`<${element} ${fill(paint, look)}${turn}/>`)
  }
  const gradient = (markup: (id: string) => string): Paint => {
    const key = markup('')
    const known = gradients.get(key)
    if (known !== undefined) return known
    const id = `g${gradients.size}`
    definitions.push(markup(id))
    const paint = `url(#${id})`
    gradients.set(key, paint)
    return paint
  }
  const stopsOf = (stops: readonly Stop[]): string =>
    stops
      .map(([offset, colour, opacity]) => {
        const alpha = opacity === undefined ? '' : ` stop-opacity="${n(opacity)}"`
        return `<stop offset="${n(offset)}" stop-color="${coloured(colour, opacity !== undefined)}"${alpha}/>`
      })
      .join('')

  const canvas: Canvas = {
    width,
    height,
    isLineArt: line !== undefined,
    path: (d, paint, look = {}) => add(`path d="${d}"`, paint, look),
    polygon: (points, paint, look = {}) => canvas.path(`${polyline(points)}Z`, paint, look),
    blob: (points, paint, look = {}) => canvas.path(smooth(points, true), paint, look),
    rect(x, y, w, h, paint, look = {}) {
      const round = look.round === undefined ? '' : ` rx="${n(look.round)}"`
      const box = `rect x="${n(x)}" y="${n(y)}" width="${n(w)}" height="${n(h)}"${round}`
      add(box, paint, look, turned(look, x + w / 2, y + h / 2))
    },
    ellipse(x, y, rx, ry, paint, look = {}) {
      add(`ellipse cx="${n(x)}" cy="${n(y)}" rx="${n(rx)}" ry="${n(ry)}"`, paint, look, turned(look, x, y))
    },
    circle: (x, y, radius, paint, look = {}) => canvas.ellipse(x, y, radius, radius, paint, look),
    stroke(d, colour, strokeWidth, look = {}) {
      if (isVeil(look)) return
      const opacity = look.opacity === undefined ? '' : ` stroke-opacity="${n(look.opacity)}"`
      const ink = line?.ink ?? coloured(colour, look.lit)
      const weight = line === undefined ? strokeWidth : line.weight / scale
      shapes.push(
        `<path d="${d}" fill="none" stroke="${ink}" stroke-width="${n(weight)}" stroke-linecap="round" stroke-linejoin="round"${opacity}/>`,
      )
    },
    glow(x, y, radius, colour, opacity) {
      if (line !== undefined) return
      const shine = grade(colour)
      const paint = gradient(
        (id) =>
          `<radialGradient id="${id}"><stop offset="0" stop-color="${shine}" stop-opacity="${n(opacity)}"/>` +
          `<stop offset="0.35" stop-color="${shine}" stop-opacity="${n(opacity * 0.42)}"/>` +
          `<stop offset="1" stop-color="${shine}" stop-opacity="0"/></radialGradient>`,
      )
      shapes.push(`<circle cx="${n(x)}" cy="${n(y)}" r="${n(radius)}" fill="${paint}"/>`)
    },
    linear(stops, angle = 90) {
      const [dx, dy] = [Math.cos((angle * Math.PI) / 180) / 2, Math.sin((angle * Math.PI) / 180) / 2]
      const ends = `x1="${n(0.5 - dx)}" y1="${n(0.5 - dy)}" x2="${n(0.5 + dx)}" y2="${n(0.5 + dy)}"`
      return gradient((id) => `<linearGradient id="${id}" ${ends}>${stopsOf(stops)}</linearGradient>`)
    },
    group(placing, draw) {
      const [outerScale, outerTint] = [scale, tint]
      const factor = placing.scale ?? 1
      const turn = placing.turn === undefined ? '' : ` rotate(${n(placing.turn)})`
      shapes.push(
        `<g transform="translate(${n(placing.x)} ${n(placing.y)})${turn} scale(${n((placing.flip === true ? -1 : 1) * factor)} ${n(factor)})">`,
      )
      scale *= factor
      tint = placing.tint ?? tint
      draw()
      scale = outerScale
      tint = outerTint
      shapes.push('</g>')
    },
    raw: (markup) => void shapes.push(markup),
    toSvg: () =>
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
      `<defs>${definitions.join('')}</defs>${shapes.join('\n')}</svg>`,
  }
  return canvas
}

/** Path data through points, straight. */
function polyline(points: readonly Point[]): string {
  return points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${n(x)} ${n(y)}`).join('')
}

/** Path data through points, as a Catmull–Rom curve. */
function smooth(points: readonly Point[], closed = false): string {
  const count = points.length
  const at = (index: number): Point =>
    points[closed ? (index + count) % count : Math.min(count - 1, Math.max(0, index))] ?? [0, 0]
  const [startX, startY] = at(0)
  let d = `M${n(startX)} ${n(startY)}`
  for (let index = 0; index < (closed ? count : count - 1); index += 1) {
    const [before, from, to, after] = [at(index - 1), at(index), at(index + 1), at(index + 2)]
    const [c1x, c1y] = [from[0] + (to[0] - before[0]) / 6, from[1] + (to[1] - before[1]) / 6]
    const [c2x, c2y] = [to[0] - (after[0] - from[0]) / 6, to[1] - (after[1] - from[1]) / 6]
    d += `C${n(c1x)} ${n(c1y)} ${n(c2x)} ${n(c2y)} ${n(to[0])} ${n(to[1])}`
  }
  return closed ? `${d}Z` : d
}

function turned(look: Look, x: number, y: number): string {
  return look.turn === undefined ? '' : ` transform="rotate(${n(look.turn)} ${n(x)} ${n(y)})"`
}

/** A thousandth of a pixel; more only makes SVG files longer. */
function n(value: number): string {
  return String(Math.round(value * 1000) / 1000)
}
