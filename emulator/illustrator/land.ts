import type { Point } from './canvas.ts'
import type { Colour } from './colour.ts'
import { darker, lighter, mix } from './colour.ts'
import { seen } from './palette.ts'
import type { Stage } from './stage.ts'
import type { Season } from './words.ts'

/** Materials before any light falls on them. */
export function grassColour(season: Season): Colour {
  return { spring: '#8cb863', summer: '#7aa455', autumn: '#b8924a', winter: '#f1f5f8' }[season]
}

function leafColour(season: Season): Colour {
  return { spring: '#e6a3b4', summer: '#4f8a52', autumn: '#d0732f', winter: '#dfe8ee' }[season]
}

export interface Layer {
  /** Names the layer's own randomness. */
  readonly name: string
  /** Middle of its upper edge, pixels from the top. */
  readonly y: number
  /** How far the edge goes up and down, pixels. */
  readonly rise: number
  readonly colour: Colour
  /** 0 near, 1 far. */
  readonly distance: number
  readonly bumps?: number
}

/** A soft rolling edge across the image, filled to the bottom; returns its height at any x. */
export function drawHills(
  stage: Stage,
  { name, y, rise, colour, distance, bumps = 5 }: Layer,
): (x: number) => number {
  const { canvas, random, width, height, palette, unit } = stage
  const shape = random.fork(name)
  const count = Math.max(2, Math.round(bumps * Math.max(0.6, width / (unit * 178))))
  const waves = [0, 1, 2].map((octave) => ({
    length: (width / count) * 2 ** (1 - octave),
    phase: shape.between(0, Math.PI * 2),
    size: rise * [0.62, 0.3, 0.1][octave]!,
  }))
  const edge = (x: number): number =>
    y -
    waves.reduce((sum, wave) => sum + Math.sin((x / wave.length) * Math.PI * 2 + wave.phase) * wave.size, 0)
  const points: Point[] = [[-unit * 4, height + unit * 4]]
  const steps = 48
  for (let step = -1; step <= steps + 1; step += 1)
    points.push([(width * step) / steps, edge((width * step) / steps)])
  points.push([width + unit * 4, height + unit * 4])
  const tone = seen(palette, colour, distance)
  canvas.polygon(
    points,
    canvas.linear([
      [0, lighter(tone, 0.06)],
      [0.5, tone],
      [1, darker(tone, 0.22)],
    ]),
  )
  return edge
}

/** Sharp peaks with a lit and a shaded side, snow on the high ones. */
export function drawPeaks(stage: Stage, { name, y, rise, colour, distance, bumps = 5 }: Layer): void {
  const { canvas, random, width, height, palette, unit, sunX, season } = stage
  const shape = random.fork(name)
  const rock = seen(palette, colour, distance)
  const snow = seen(palette, '#fbfaf6', distance * 0.6)
  const count = Math.max(3, Math.round(bumps * Math.max(0.55, width / (unit * 178))))
  const peaks = Array.from({ length: count }, (_, index) => ({
    x: (width * (index + 0.5 + shape.between(-0.3, 0.3))) / count,
    size: rise * shape.between(0.5, 1.1),
    slope: shape.between(0.8, 1.15),
    jag: [shape.between(-1, 1), shape.between(-1, 1), shape.between(-1, 1), shape.between(-1, 1)] as const,
  })).toSorted((a, b) => b.size - a.size)
  canvas.rect(-unit, y, width + 2 * unit, height - y + unit, rock)
  for (const { x, size, slope, jag } of peaks) {
    const top = y - size
    const half = size * 1.05 * slope
    const j = size * 0.06
    const left: readonly Point[] = [
      [x - half, y + unit],
      [x - half * 0.6 + j * jag[0], y - size * 0.42],
      [x - half * 0.3 - j * jag[1], y - size * 0.66],
      [x, top],
    ]
    const right: readonly Point[] = [
      [x, top],
      [x + half * 0.26 + j * jag[2], y - size * 0.7],
      [x + half * 0.62 - j * jag[3], y - size * 0.4],
      [x + half, y + unit],
    ]
    const crease: readonly Point[] = [
      [x + half * 0.08, y - size * 0.62],
      [x - half * 0.05, y - size * 0.4],
      [x + half * 0.12, y + unit],
    ]
    canvas.polygon([...left, ...right.slice(1)], rock)
    const [lit, shaded] = sunX < x ? [left, right] : [right, left]
    if (lit === left) {
      canvas.polygon([...right, ...crease.toReversed()], darker(rock, 0.3), {
        opacity: canvas.isLineArt ? 1 : 0.6,
      })
    } else {
      canvas.polygon([...shaded, ...crease.toReversed()], darker(rock, 0.3), {
        opacity: canvas.isLineArt ? 1 : 0.6,
      })
    }
    if (size < rise * 0.62 && season !== 'winter') continue
    const line = season === 'winter' ? 0.5 : 0.3
    const cap: Point[] = [
      [x, top],
      [x + half * line * 0.78 + j * jag[2], top + size * line * 0.95],
    ]
    for (const [along, dip] of [
      [0.5, 0.74],
      [0.24, 1.12],
      [0.02, 0.8],
      [-0.26, 1.2],
      [-0.52, 0.82],
    ] as const) {
      cap.push([x + half * line * along, top + size * line * dip])
    }
    cap.push([x - half * line * 0.82, top + size * line])
    canvas.polygon(cap, snow)
    canvas.polygon(
      sunX < x
        ? [
            [x, top],
            [x + half * line * 0.78 + j * jag[2], top + size * line * 0.95],
            [x + half * line * 0.5, top + size * line * 0.74],
            [x + half * line * 0.16, top + size * line * 0.9],
          ]
        : [
            [x, top],
            [x - half * line * 0.82, top + size * line],
            [x - half * line * 0.52, top + size * line * 0.82],
            [x - half * line * 0.16, top + size * line * 0.7],
          ],
      mix(snow, palette.cloudShade, 0.55),
    )
  }
}

/** A spruce: tiers of boughs, a lighter edge, snow in winter. */
export function drawPine(stage: Stage, x: number, y: number, size: number, distance: number): void {
  const { canvas, palette, season } = stage
  const green = seen(palette, season === 'autumn' ? '#5f6b3c' : '#2f5d4c', distance)
  canvas.rect(
    x - size * 0.028,
    y - size * 0.14,
    size * 0.056,
    size * 0.16,
    seen(palette, '#5b4335', distance),
  )
  for (const [from, to, half] of [
    [0.08, 0.5, 0.25],
    [0.3, 0.74, 0.19],
    [0.54, 1, 0.125],
  ] as const) {
    const [bottom, top, w] = [y - size * from, y - size * to, size * half]
    canvas.path(
      `M${x} ${top}Q${x + w * 0.3} ${bottom - (bottom - top) * 0.4} ${x + w} ${bottom}Q${x + w * 0.4} ${bottom + w * 0.16} ${x} ${bottom + w * 0.02}Q${x - w * 0.4} ${bottom + w * 0.16} ${x - w} ${bottom}Q${x - w * 0.3} ${bottom - (bottom - top) * 0.4} ${x} ${top}Z`,
      mix(green, darker(green, 0.4), (0.9 - to) * 0.9),
    )
    if (season !== 'winter') continue
    const cap = (bottom - top) * 0.52
    canvas.path(
      `M${x} ${top}Q${x + w * 0.22} ${top + cap * 0.7} ${x + w * 0.5} ${top + cap}Q${x + w * 0.25} ${top + cap * 0.8} ${x} ${top + cap * 1.1}Q${x - w * 0.25} ${top + cap * 0.8} ${x - w * 0.5} ${top + cap}Q${x - w * 0.22} ${top + cap * 0.7} ${x} ${top}Z`,
      seen(palette, '#f4f8fb', distance * 0.8),
    )
  }
}

/** A broad-leaved tree: a crown of three shades. */
export function drawLeafTree(stage: Stage, x: number, y: number, size: number, distance: number): void {
  const { canvas, palette, season, random } = stage
  const leaf = seen(palette, leafColour(season), distance)
  const trunk = seen(palette, '#6a4b3a', distance)
  const crown = random.fork(`crown ${Math.round(x)}`)
  canvas.path(
    `M${x - size * 0.05} ${y}Q${x - size * 0.02} ${y - size * 0.3} ${x - size * 0.035} ${y - size * 0.5}L${x + size * 0.035} ${y - size * 0.5}Q${x + size * 0.02} ${y - size * 0.3} ${x + size * 0.06} ${y}Z`,
    trunk,
  )
  for (const [dx, dy, r, shade] of [
    [0.17, 0.56, 0.2, 0.3],
    [-0.18, 0.58, 0.19, 0.22],
    [0, 0.72, 0.26, 0.06],
    [-0.08, 0.8, 0.15, -0.14],
  ] as const) {
    const colour = shade > 0 ? darker(leaf, shade) : lighter(leaf, -shade)
    canvas.circle(x + size * (dx + crown.between(-0.03, 0.03)), y - size * dy, size * r, colour)
  }
}

/** Blades and blossoms at the lower edge, in front of everything. */
export function drawGrass(stage: Stage, top: number): void {
  const { canvas, palette, random, width, height, unit, season } = stage
  const blades = random.fork('grass')
  const tone = darker(seen(palette, season === 'winter' ? '#cfdbe4' : grassColour(season), 0), 0.42)
  const blossoms = ['#f4d06a', '#f2f0e6', '#e2849a', '#a99ad6']
  const count = Math.round((width / unit) * 0.8)
  for (let index = 0; index < count; index += 1) {
    const x = blades.between(0, width)
    const size = unit * blades.between(3, 8)
    const base = height + unit
    const tip = Math.max(top, base - size - unit * 4)
    const lean = blades.between(-1, 1) * size * 0.5
    canvas.path(
      `M${x - unit * 0.4} ${base}Q${x + lean * 0.2} ${tip + size * 0.4} ${x + lean} ${tip}Q${x + lean * 0.4 + unit * 0.4} ${tip + size * 0.5} ${x + unit * 0.5} ${base}Z`,
      tone,
      { opacity: 0.9 },
    )
    if (season === 'winter' || !blades.chance(0.16)) continue
    canvas.circle(x + lean, tip, unit * blades.between(0.5, 0.95), seen(palette, blossoms[index % 4]!, 0))
  }
}
