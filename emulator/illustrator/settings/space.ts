import type { Colour } from '../colour.ts'
import { darker, lighter, mix } from '../colour.ts'
import type { Setting, Stage } from '../stage.ts'

const NEBULAE: readonly [readonly Colour[], ...(readonly Colour[])[]] = [
  ['#7b3fa8', '#2f6bb8', '#e2739f'],
  ['#2b8f9c', '#5a3fa0', '#f0a06a'],
  ['#b0457a', '#3a3f9e', '#58b7c9'],
]

/** Stars, clouds of gas, a ringed planet, a moon to stand on. */
export function space(stage: Stage): Setting {
  const { canvas, width, height, unit, random, reading } = stage
  const ground = height * 0.83
  const stands = reading.figures.some(({ subject }) => subject.habitat !== 'air')
  return {
    hasSky: false,
    drawBack() {
      canvas.rect(
        -unit,
        -unit,
        width + 2 * unit,
        height + 2 * unit,
        canvas.linear(
          [
            [0, '#070a1f'],
            [0.6, '#141a45'],
            [1, '#2a2358'],
          ],
          60,
        ),
      )
      drawNebula(stage)
      const sky = random.fork('stars')
      for (let index = 0; index < Math.min(420, (width * height) / (unit * unit * 55)); index += 1) {
        const size = unit * sky.between(0.08, 0.3)
        canvas.circle(
          sky.between(0, width),
          sky.between(0, height),
          size,
          sky.pick(['#ffffff', '#ffe9c4', '#cfe2ff']),
          { opacity: sky.between(0.35, 1) },
        )
      }
      drawPlanet(stage)
      if (stands) drawMoon(stage, ground)
    },
    groundAt: (_x, habitat) => (stands && habitat !== 'air' ? ground : height * 0.78),
    drawFront: () => undefined,
  }
}

function drawNebula({ canvas, random, width, height, unit }: Stage): void {
  const gas = random.fork('nebula')
  const colours = gas.pick(NEBULAE)
  for (let index = 0; index < 9; index += 1) {
    const along = index / 8
    canvas.glow(
      width * (0.05 + along * 0.9),
      height * (0.75 - along * 0.55 + gas.between(-0.14, 0.14)),
      unit * gas.between(26, 52),
      colours[index % 3]!,
      0.4,
    )
  }
}

function drawPlanet({ canvas, random, width, height, unit, focusX }: Stage): void {
  const world = random.fork('planet')
  const colour = world.pick(['#d98a5b', '#5f93b8', '#b783b0', '#d9b36a'])
  const radius = unit * world.between(11, 15)
  const x = focusX > width / 2 ? width * 0.24 : width * 0.76
  const y = height * 0.27
  const ring = mix(colour, '#fff1d8', 0.5)
  const arc = (side: number): string =>
    `M${x - radius * 1.9} ${y + radius * 0.55}A${radius * 1.95} ${radius * 0.5} -17 0 ${side} ${x + radius * 1.9} ${y - radius * 0.55}`
  canvas.glow(x, y, radius * 2.2, colour, 0.35)
  canvas.stroke(arc(1), ring, radius * 0.16, { opacity: 0.75 })
  canvas.circle(
    x,
    y,
    radius,
    canvas.linear(
      [
        [0, lighter(colour, 0.35)],
        [0.5, colour],
        [1, darker(colour, 0.6)],
      ],
      40,
    ),
  )
  for (const [dy, h] of [
    [-0.4, 0.1],
    [-0.05, 0.16],
    [0.38, 0.08],
  ] as const) {
    const half = Math.sqrt(1 - dy * dy) * radius * 0.97
    canvas.ellipse(x, y + dy * radius, half, h * radius, lighter(colour, 0.25), { opacity: 0.3, turn: -17 })
  }
  canvas.stroke(arc(0), ring, radius * 0.16, { opacity: 0.9 })
}

function drawMoon({ canvas, width, height, unit, random }: Stage, ground: number): void {
  const rock = '#8d8fb0'
  canvas.path(
    `M${-unit * 4} ${height + unit * 4}V${ground + unit * 4}Q${width / 2} ${ground - unit * 9} ${width + unit * 4} ${ground + unit * 4}V${height + unit * 4}Z`,
    canvas.linear([
      [0, lighter(rock, 0.2)],
      [1, darker(rock, 0.65)],
    ]),
  )
  const pits = random.fork('craters')
  for (let index = 0; index < 9; index += 1) {
    const [x, y, size] = [
      pits.between(0, width),
      ground + unit * pits.between(4, 14),
      unit * pits.between(2, 6),
    ]
    canvas.ellipse(x, y, size, size * 0.26, darker(rock, 0.35), { opacity: 0.7 })
    canvas.ellipse(x, y + size * 0.06, size * 0.86, size * 0.18, darker(rock, 0.5), { opacity: 0.6 })
  }
}
