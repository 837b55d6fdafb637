import { darker, lighter, mix } from '../colour.ts'
import { sunHeight } from '../sky.ts'
import { seen } from '../palette.ts'
import type { Setting, Stage } from '../stage.ts'

const WALLS = ['#dcc7a8', '#cfaa9c', '#a3b4c4', '#c9b7cd', '#d9b88f'] as const

/** A wall, a window with the time of day in it, a table. */
export function room(stage: Stage): Setting {
  const { canvas, width, height, unit, random, palette, reading } = stage
  const table = height * 0.76
  const figure = reading.figures[0]?.colour
  const wall = seen(
    palette,
    figure === undefined ? random.fork('wall').pick(WALLS) : mix('#d8c3a5', lighter(figure, 0.55), 0.3),
    0,
  )
  return {
    hasSky: false,
    drawBack() {
      canvas.rect(
        -unit,
        -unit,
        width + 2 * unit,
        height + 2 * unit,
        canvas.linear([
          [0, darker(wall, 0.14)],
          [0.55, wall],
          [1, darker(wall, 0.18)],
        ]),
      )
      drawWindow(stage)
      drawFrame(stage, wall)
      drawTable(stage, table)
    },
    groundAt: () => table + (height - table) * 0.3,
    drawFront: () => undefined,
  }
}

/** On the side that the figure leaves free. */
function drawWindow(stage: Stage): void {
  const { canvas, width, height, unit, palette, focusX, light } = stage
  const w = Math.min(unit * 44, width * 0.4)
  const h = Math.min(unit * 52, height * 0.5)
  const x = (focusX > width / 2 ? width * 0.26 : width * 0.74) - w / 2
  const y = Math.min(unit * 11, height * 0.12)
  const [top, middle, low] = palette.sky
  const wood = seen(palette, '#f3ead9', 0)
  canvas.rect(x - unit * 1.6, y - unit * 1.6, w + unit * 3.2, h + unit * 3.2, wood, { round: unit * 0.6 })
  canvas.rect(
    x,
    y,
    w,
    h,
    canvas.linear([
      [0, top],
      [0.6, middle],
      [1, low],
    ]),
    { lit: true },
  )
  const sunY = y + (h * sunHeight(stage)) / stage.horizon - unit * 2
  canvas.circle(x + w * 0.68, Math.min(sunY, y + h * 0.7), unit * 3.6, palette.sun, { lit: true })
  canvas.path(
    `M${x} ${y + h * 0.82}Q${x + w * 0.25} ${y + h * 0.66} ${x + w * 0.5} ${y + h * 0.8}T${x + w} ${y + h * 0.72}V${y + h}H${x}Z`,
    mix(low, '#4d6f73', 0.55),
  )
  canvas.rect(x + w / 2 - unit * 0.6, y, unit * 1.2, h, wood)
  canvas.rect(x, y + h * 0.48, w, unit * 1.2, wood)
  canvas.rect(x - unit * 3, y + h + unit * 1.6, w + unit * 6, unit * 2, darker(wood, 0.1), {
    round: unit * 0.5,
  })
  const cloth = seen(palette, '#fff7ea', 0)
  for (const [edge, side] of [
    [x - unit * 2.4, 1],
    [x + w + unit * 2.4, -1],
  ] as const) {
    canvas.path(
      `M${edge} ${y - unit * 3}h${side * w * 0.26}Q${edge + side * w * 0.2} ${y + h * 0.6} ${edge + side * unit * 1.5} ${y + h * 0.74}L${edge - side * unit * 2} ${y + h + unit * 1}Z`,
      cloth,
      { opacity: 0.86 },
    )
  }
  canvas.rect(x - unit * 5, y - unit * 4, w + unit * 10, unit * 1, darker(wood, 0.45), { round: unit * 0.5 })
  if (light === 'night' || light === 'storm') return
  const beam = canvas.linear([
    [0, palette.sun, 0.5],
    [1, palette.sun, 0],
  ])
  const lean = focusX > width / 2 ? 1 : -1
  canvas.polygon(
    [
      [x, y + h * 0.1],
      [x + w, y + h * 0.1],
      [x + w + lean * unit * 42, height],
      [x + lean * unit * 42, height],
    ],
    beam,
    { opacity: 0.3 },
  )
}

function drawFrame({ canvas, unit, width, focusX, random, palette }: Stage, wall: string): void {
  if (width < unit * 120) return
  const x = focusX > width / 2 ? width - unit * 24 : unit * 8
  const colour = seen(palette, random.fork('frame').pick(['#c8694b', '#4f7f86', '#d9a441']), 0)
  canvas.rect(x, unit * 14, unit * 16, unit * 20, darker(wall, 0.5), { round: unit * 0.4 })
  canvas.rect(x + unit * 1, unit * 15, unit * 14, unit * 18, seen(palette, '#f7f0e0', 0))
  canvas.circle(x + unit * 8, unit * 22, unit * 3.4, colour)
  canvas.path(
    `M${x + unit * 2.4} ${unit * 31.4}q${unit * 4} ${-unit * 8} ${unit * 7} ${-unit * 2}t${unit * 4.2} 0v${unit * 2}z`,
    darker(colour, 0.35),
  )
}

function drawTable({ canvas, width, height, unit, palette, random, focusX }: Stage, top: number): void {
  const wood = seen(palette, random.fork('wood').pick(['#a9714a', '#8a5a44', '#b98a5e']), 0)
  canvas.rect(
    -unit,
    top,
    width + 2 * unit,
    height - top + unit,
    canvas.linear([
      [0, lighter(wood, 0.14)],
      [0.4, wood],
      [1, darker(wood, 0.42)],
    ]),
  )
  canvas.rect(-unit, top, width + 2 * unit, unit * 0.5, lighter(wood, 0.35))
  const grain = random.fork('grain')
  for (let index = 0; index < 9; index += 1) {
    const y = top + (height - top) * (0.1 + index * 0.1)
    canvas.stroke(
      `M0 ${y}Q${width * 0.3} ${y + unit * grain.between(-1, 1)} ${width * 0.6} ${y}T${width} ${y + unit * grain.between(-1, 1)}`,
      darker(wood, 0.3),
      unit * 0.2,
      { opacity: 0.35 },
    )
  }
  canvas.ellipse(focusX + unit * 2, top + (height - top) * 0.32, unit * 22, unit * 2.6, '#1d1422', {
    opacity: 0.22,
  })
}
