import { darker, lighter, mix } from '../colour.ts'
import type { Setting, Stage } from '../stage.ts'

/** Light from above, weed and coral below, bubbles between. */
export function underwater(stage: Stage): Setting {
  const { canvas, width, height, unit, palette, random } = stage
  const shade = palette.isDark ? 0.4 : 0
  const [top, middle, deep] = ['#7fd4d6', '#2a8fb0', '#0d3b6b'].map((colour) => darker(colour, shade)) as [
    string,
    string,
    string,
  ]
  const floor = height * 0.84
  return {
    hasSky: false,
    drawBack() {
      canvas.rect(
        -unit,
        -unit,
        width + 2 * unit,
        height + 2 * unit,
        canvas.linear([
          [0, top],
          [0.42, middle],
          [1, deep],
        ]),
      )
      const ray = canvas.linear([
        [0, '#f2fffa', 0.42],
        [1, '#f2fffa', 0],
      ])
      const light = random.fork('rays')
      for (let index = 0; index < 6; index += 1) {
        const x = width * ((index + light.between(0, 0.8)) / 6)
        const w = unit * light.between(4, 10)
        canvas.polygon(
          [
            [x, -unit],
            [x + w, -unit],
            [x + w * 2 - unit * 18, height * 0.86],
            [x - w - unit * 18, height * 0.86],
          ],
          ray,
          { opacity: 0.45 },
        )
      }
      drawShoal(stage, mix(middle, deep, 0.6))
      for (const [y, colour] of [
        [floor - unit * 7, mix(middle, deep, 0.55)],
        [floor, mix(deep, '#c2a877', 0.3)],
      ] as const) {
        canvas.blob(
          [
            [-width * 0.1, height * 1.1],
            [-width * 0.05, y],
            [width * 0.3, y + unit * 3],
            [width * 0.62, y - unit * 3],
            [width * 1.05, y + unit * 2],
            [width * 1.1, height * 1.1],
          ],
          colour,
        )
        drawGarden(stage, y + unit * 3, y === floor ? 1 : 0.6)
      }
    },
    groundAt: (_x, habitat) => (habitat === 'land' || habitat === 'table' ? floor + unit * 4 : height * 0.66),
    drawFront() {
      const air = random.fork('bubbles')
      for (let index = 0; index < 34; index += 1) {
        const [x, y, size] = [
          air.between(0, width),
          air.between(0, height * 0.85),
          unit * air.between(0.3, 1.1),
        ]
        canvas.circle(x, y, size, '#e9fffb', { opacity: 0.28 })
        canvas.circle(x - size * 0.3, y - size * 0.3, size * 0.3, '#ffffff', { opacity: 0.7 })
      }
    },
  }
}

function drawShoal({ canvas, random, width, height, unit, focusX }: Stage, colour: string): void {
  const swim = random.fork('shoal')
  const x0 = focusX > width / 2 ? width * 0.24 : width * 0.76
  for (let index = 0; index < 14; index += 1) {
    const [x, y, size] = [
      x0 + unit * swim.between(-18, 18),
      height * 0.32 + unit * swim.between(-9, 9),
      unit * swim.between(1.2, 2),
    ]
    canvas.path(
      `M${x - size} ${y}Q${x} ${y - size * 0.8} ${x + size} ${y}L${x + size * 1.7} ${y - size * 0.55}V${y + size * 0.55}L${x + size} ${y}Q${x} ${y + size * 0.8} ${x - size} ${y}Z`,
      colour,
    )
  }
}

function drawGarden({ canvas, random, width, unit, reading }: Stage, y: number, near: number): void {
  const garden = random.fork(`garden ${near}`)
  const coral = reading.colours[0] ?? '#e8735f'
  for (let x = unit * garden.between(0, 8); x < width; x += unit * garden.between(7, 15)) {
    const size = unit * garden.between(8, 18) * near
    if (garden.chance(0.55)) {
      for (const lean of [-0.5, 0.1, 0.6]) {
        canvas.stroke(
          `M${x + lean * size * 0.3} ${y}q${size * 0.22} ${-size * 0.4} ${lean * size * 0.2} ${-size * 0.7}t${size * 0.08} ${-size * 0.5}`,
          mix('#2f7f62', '#0d3b6b', 1 - near),
          size * 0.1,
        )
      }
      continue
    }
    const colour = mix(garden.pick([coral, '#f2a65a', '#c65b8f']), '#0d3b6b', (1 - near) * 0.8)
    for (const [dx, dy] of [
      [-0.34, 0.5],
      [-0.12, 0.74],
      [0.12, 0.62],
      [0.36, 0.44],
    ] as const) {
      canvas.stroke(
        `M${x} ${y}Q${x + dx * size * 0.2} ${y - dy * size * 0.5} ${x + dx * size} ${y - dy * size}`,
        colour,
        size * 0.12,
      )
      canvas.circle(x + dx * size, y - dy * size, size * 0.09, lighter(colour, 0.15))
    }
  }
}
