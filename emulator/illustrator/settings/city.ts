import { darker, lighter, mix } from '../colour.ts'
import { seen } from '../palette.ts'
import type { Setting, Stage } from '../stage.ts'

const WALLS = ['#5f6e8c', '#7a6a84', '#4f6378', '#8a7272', '#69788a'] as const

/** Three rows of houses, windows lit after dark, a pavement with lamps. */
export function city(stage: Stage): Setting {
  const { canvas, width, height, unit, palette, random } = stage
  const street = height * 0.79
  return {
    hasSky: true,
    drawBack() {
      const plan = random.fork('city')
      for (const [row, { base, tall, distance }] of [
        { base: street, tall: 52, distance: 0.84 },
        { base: street, tall: 42, distance: 0.58 },
        { base: street, tall: 30, distance: 0.24 },
      ].entries()) {
        let x = -unit * plan.between(0, 10)
        while (x < width) {
          const w = unit * plan.between(9, 17)
          drawBuilding(stage, {
            x,
            base,
            width: w,
            height: unit * tall * plan.between(0.55, 1.12),
            distance,
            row,
          })
          x += w + (row === 2 && plan.chance(0.4) ? unit * plan.between(2, 8) : 0)
        }
        if (row < 2) {
          const veil = palette.haze
          canvas.rect(
            -unit,
            street - unit * 30,
            width + 2 * unit,
            unit * 30,
            canvas.linear([
              [0, veil, 0],
              [1, veil, 0.35],
            ]),
          )
        }
      }
      drawStreet(stage, street)
      drawLamps(stage, street)
    },
    groundAt: () => street + (height - street) * 0.34,
    drawFront: () => undefined,
  }
}

interface Building {
  readonly x: number
  readonly base: number
  readonly width: number
  readonly height: number
  readonly distance: number
  readonly row: number
}

function drawBuilding(stage: Stage, { x, base, width, height, distance, row }: Building): void {
  const { canvas, palette, random, unit } = stage
  const detail = random.fork(`building ${row} ${Math.round(x)}`)
  const wall = seen(palette, detail.pick(WALLS), distance)
  const top = base - height
  canvas.rect(x, top, width, height + unit, wall)
  canvas.rect(x + width * 0.74, top, width * 0.26, height + unit, darker(wall, 0.3), { opacity: 0.45 })
  const roof = detail.whole(0, 3)
  if (roof === 0)
    canvas.polygon(
      [
        [x, top],
        [x + width / 2, top - width * 0.34],
        [x + width, top],
      ],
      darker(wall, 0.2),
    )
  if (roof === 1) canvas.rect(x + width * 0.2, top - unit * 3, width * 0.6, unit * 3.4, darker(wall, 0.1))
  if (roof === 2) canvas.rect(x + width * 0.48, top - unit * 6, unit * 0.5, unit * 6, darker(wall, 0.3))
  const pane = unit * (row === 2 ? 1.5 : 1.05)
  const columns = Math.max(2, Math.floor((width * 0.9) / (pane * 2)))
  const gap = width / columns
  const dark = mix(darker(wall, 0.4), palette.sky[1], 0.2)
  for (let floor = 0; floor < Math.floor((height - unit * 4) / (pane * 2.5)); floor += 1) {
    for (let column = 0; column < columns; column += 1) {
      const isLit = palette.isDark ? detail.chance(0.46) : detail.chance(0.04)
      const lamp = mix(
        detail.pick(['#ffd27a', '#ffe3a3', '#ffb765', '#bfe2ff']),
        palette.haze,
        distance * 0.55,
      )
      canvas.rect(
        x + gap * (column + 0.5) - pane / 2,
        top + unit * 2.4 + floor * pane * 2.5,
        pane,
        pane * 1.45,
        isLit ? lamp : dark,
        {
          round: unit * 0.12,
          lit: isLit,
          ...(isLit ? {} : { opacity: 0.75 }),
        },
      )
    }
  }
}

function drawStreet({ canvas, palette, width, height, unit, weather }: Stage, street: number): void {
  const stone = seen(palette, '#77798a', 0.1)
  canvas.rect(
    -unit,
    street,
    width + 2 * unit,
    height - street + unit,
    canvas.linear([
      [0, lighter(stone, 0.1)],
      [1, darker(stone, 0.4)],
    ]),
  )
  canvas.rect(-unit, street, width + 2 * unit, unit * 0.7, lighter(stone, 0.26))
  for (const at of [0.2, 0.5]) {
    canvas.rect(-unit, street + (height - street) * at, width + 2 * unit, unit * 0.3, darker(stone, 0.25), {
      opacity: 0.6,
    })
  }
  if (!palette.isDark && weather !== 'rain') return
  // Stone gives the light back.
  const shine = canvas.linear([
    [0, '#ffcf82', 0.24],
    [1, '#ffcf82', 0],
  ])
  canvas.rect(-unit, street + unit * 0.7, width + 2 * unit, (height - street) * 0.7, shine)
}

function drawLamps({ canvas, palette, width, height, unit, focusX }: Stage, street: number): void {
  const iron = darker(seen(palette, '#34384a', 0), 0.2)
  const foot = street + (height - street) * 0.4
  for (const place of [0.08, 0.5, 0.93]) {
    const x = width * place
    if (Math.abs(x - focusX) < unit * 22) continue
    canvas.rect(x - unit * 0.45, foot - unit * 40, unit * 0.9, unit * 40, iron)
    canvas.rect(x - unit * 1.3, foot - unit * 2, unit * 2.6, unit * 2, iron, { round: unit * 0.4 })
    canvas.path(
      `M${x - unit * 2} ${foot - unit * 40}L${x + unit * 2} ${foot - unit * 40}L${x + unit * 1.5} ${foot - unit * 44}L${x - unit * 1.5} ${foot - unit * 44}Z`,
      palette.isDark ? '#ffe2a0' : '#dfe8ea',
      { lit: palette.isDark },
    )
    canvas.polygon(
      [
        [x - unit * 2.1, foot - unit * 44],
        [x, foot - unit * 46.4],
        [x + unit * 2.1, foot - unit * 44],
      ],
      iron,
    )
    if (palette.isDark) canvas.glow(x, foot - unit * 42, unit * 15, '#ffdf9a', 0.75)
  }
}
