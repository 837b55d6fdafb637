import type { Point } from '../canvas.ts'
import { darker, lighter } from '../colour.ts'
import { seen } from '../palette.ts'
import type { Setting, Stage } from '../stage.ts'

/** Table mountains, dunes with a sharp ridge between light and shade, a cactus or two. */
export function desert(stage: Stage): Setting {
  const { canvas, width, height, horizon, unit, palette, random } = stage
  const deep = height - horizon
  return {
    hasSky: true,
    drawBack() {
      const shapes = random.fork('mesas')
      for (const [distance, size] of [
        [0.82, 12],
        [0.62, 8],
      ] as const) {
        for (let index = 0; index < 3; index += 1) {
          drawMesa(
            stage,
            shapes.between(0.02, 0.98) * width,
            unit * shapes.between(10, 19),
            unit * size * shapes.between(0.7, 1.2),
            distance,
          )
        }
      }
      for (const [index, [at, distance]] of (
        [
          [0, 0.5],
          [0.16, 0.3],
          [0.36, 0.08],
        ] as const
      ).entries()) {
        drawDune(stage, horizon + deep * at, unit * (5 + index * 2.5), distance, index)
      }
      for (let index = 0; index < 3; index += 1) {
        const x = shapes.between(0.03, 0.97) * width
        if (Math.abs(x - stage.focusX) > unit * 20)
          drawCactus(stage, x, horizon + deep * 0.36, unit * shapes.between(10, 17), 0.15)
      }
    },
    groundAt: () => horizon + deep * 0.56,
    drawFront() {
      const shade = darker(seen(palette, '#c98c55', 0), 0.42)
      canvas.blob(
        [
          [-width * 0.1, height * 1.1],
          [-width * 0.05, height - unit * 12],
          [width * 0.4, height - unit * 8],
          [width * 1.05, height - unit * 9.5],
          [width * 1.1, height * 1.1],
        ],
        shade,
      )
    },
  }
}

function drawMesa(
  { canvas, palette, horizon, unit }: Stage,
  x: number,
  half: number,
  size: number,
  distance: number,
): void {
  const rock = seen(palette, '#b5603f', distance)
  const top = horizon - size
  canvas.polygon(
    [
      [x - half * 1.35, horizon + unit * 2],
      [x - half, top + size * 0.45],
      [x - half * 0.9, top],
      [x + half * 0.9, top],
      [x + half, top + size * 0.45],
      [x + half * 1.35, horizon + unit * 2],
    ],
    rock,
  )
  canvas.polygon(
    [
      [x + half * 0.25, top],
      [x + half * 0.9, top],
      [x + half, top + size * 0.45],
      [x + half * 1.35, horizon + unit * 2],
      [x + half * 0.45, horizon + unit * 2],
    ],
    darker(rock, 0.25),
  )
  canvas.rect(x - half * 0.95, top + size * 0.28, half * 1.9, size * 0.08, lighter(rock, 0.12), {
    opacity: 0.7,
  })
}

function drawDune(
  { canvas, palette, random, width, height, unit, sunX }: Stage,
  y: number,
  rise: number,
  distance: number,
  index: number,
): void {
  const shape = random.fork(`dune ${index}`)
  const sand = seen(palette, '#e2ab6b', distance)
  const crest = width * shape.between(0.15, 0.85)
  const outline: Point[] = [
    [-unit * 9, height + unit * 4],
    [-unit * 9, y + rise * 0.3],
    [crest - width * 0.3, y + rise * 0.1],
    [crest, y - rise],
    [crest + width * 0.34, y + rise * 0.15],
    [width + unit * 9, y - rise * 0.2],
    [width + unit * 9, height + unit * 4],
  ]
  canvas.blob(outline, sand)
  const away = sunX < crest ? 1 : -1
  canvas.path(
    `M${crest} ${y - rise}Q${crest + away * unit * 4} ${y + rise} ${crest - away * unit * 12} ${y + rise * 3}Q${crest + away * unit * 20} ${y + rise * 4} ${crest + away * width * 0.42} ${y + rise * 2.4}Q${crest + away * width * 0.3} ${y + rise * 0.2} ${crest} ${y - rise}Z`,
    darker(sand, 0.22),
    { opacity: 0.6 },
  )
}

function drawCactus({ canvas, palette }: Stage, x: number, y: number, size: number, distance: number): void {
  const green = seen(palette, '#4c7f56', distance)
  const arm = size * 0.13
  canvas.rect(x - arm / 2 - size * 0.02, y - size, arm + size * 0.04, size * 1.02, green, { round: arm / 2 })
  for (const [side, from, to] of [
    [-1, 0.42, 0.74],
    [1, 0.3, 0.6],
  ] as const) {
    const reach = x + side * size * 0.24
    canvas.stroke(`M${x} ${y - size * from}H${reach}V${y - size * to}`, green, arm)
  }
}
