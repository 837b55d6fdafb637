import { darker, lighter, mix } from '../colour.ts'
import { drawGrass, drawHills, drawLeafTree, drawPine, grassColour } from '../land.ts'
import { seen } from '../palette.ts'
import type { Setting, Stage } from '../stage.ts'

/** A clearing: rows of trees that fade into the light, trunks at both edges. */
export function forest(stage: Stage): Setting {
  const { canvas, width, height, horizon, unit, season, palette, random, light, focusX } = stage
  const deep = height - horizon
  const floor = season === 'winter' ? grassColour('winter') : season === 'autumn' ? '#a4753f' : '#6f8c4c'
  return {
    hasSky: true,
    drawBack() {
      const trees = random.fork('trees')
      const rows = [
        { y: horizon - unit * 2, size: 30, distance: 0.94, gap: 3.4 },
        { y: horizon + unit * 2, size: 38, distance: 0.76, gap: 5 },
        { y: horizon + unit * 5, size: 48, distance: 0.52, gap: 8 },
      ]
      for (const row of rows) {
        for (let x = -unit * 4; x < width + unit * 4; x += unit * row.gap * trees.between(0.7, 1.3)) {
          const size = unit * row.size * trees.between(0.65, 1.1)
          if (season === 'winter' || season === 'summer' || trees.chance(0.4))
            drawPine(stage, x, row.y + unit * 2, size, row.distance)
          else drawLeafTree(stage, x, row.y + unit * 2, size * 0.85, row.distance)
        }
        const veil = mix(palette.haze, palette.sun, 0.2)
        canvas.rect(
          -unit,
          row.y - unit * 16,
          width + 2 * unit,
          unit * 20,
          canvas.linear([
            [0, veil, 0],
            [1, veil, 0.34],
          ]),
        )
      }
      drawHills(stage, {
        name: 'floor',
        y: horizon + unit * 5,
        rise: unit * 1.4,
        colour: floor,
        distance: 0.3,
      })
      drawHills(stage, {
        name: 'near floor',
        y: horizon + deep * 0.3,
        rise: unit * 1.2,
        colour: floor,
        distance: 0.05,
      })
      if (light === 'day' || light === 'golden' || light === 'dawn') drawRays(stage)
      for (let index = 0; index < 7; index += 1) {
        const x = trees.between(-0.02, 1.02) * width
        if (Math.abs(x - focusX) < unit * 24) continue
        drawPine(stage, x, horizon + deep * trees.between(0.2, 0.34), unit * trees.between(40, 62), 0.2)
      }
    },
    groundAt: () => horizon + deep * 0.52,
    drawFront() {
      drawTrunks(stage)
      const shade = darker(seen(palette, season === 'winter' ? '#b4c6d6' : floor, 0), 0.4)
      canvas.blob(
        [
          [-width * 0.1, height * 1.1],
          [-width * 0.05, height - unit * 12],
          [width * 0.25, height - unit * 8],
          [width * 0.7, height - unit * 8.5],
          [width * 1.05, height - unit * 12],
          [width * 1.1, height * 1.1],
        ],
        shade,
      )
      drawGrass(stage, height - unit * 15)
    },
  }
}

function drawRays({ canvas, palette, sunX, horizon, unit, height }: Stage): void {
  const ray = canvas.linear([
    [0, palette.sun, 0.34],
    [1, palette.sun, 0],
  ])
  for (const [from, to, half] of [
    [-8, -46, 5],
    [0, -12, 7],
    [8, 26, 5],
    [14, 52, 6],
  ] as const) {
    canvas.polygon(
      [
        [sunX + unit * (from - 1), horizon * 0.05],
        [sunX + unit * (from + 1), horizon * 0.05],
        [sunX + unit * (to + half), height * 0.86],
        [sunX + unit * (to - half), height * 0.86],
      ],
      ray,
      { opacity: 0.55 },
    )
  }
}

function drawTrunks({ canvas, palette, random, width, height, unit, focusX }: Stage): void {
  const bark = darker(seen(palette, '#4d3a33', 0), 0.35)
  const near = random.fork('trunks')
  const places = focusX > width / 2 ? [0.02, 0.15, 0.985] : [0.98, 0.85, 0.015]
  for (const [index, place] of places.entries()) {
    const x = width * (place + near.between(-0.012, 0.012))
    const half = unit * [4.6, 2.5, 3.4][index]!
    canvas.path(
      `M${x - half * 1.7} ${height}Q${x - half} ${height * 0.8} ${x - half * 0.85} ${-unit}L${x + half * 0.85} ${-unit}Q${x + half} ${height * 0.8} ${x + half * 1.8} ${height}Z`,
      bark,
    )
    canvas.path(
      `M${x + half * 0.5} ${-unit}Q${x + half * 0.6} ${height * 0.75} ${x + half * 1.2} ${height}L${x + half * 1.8} ${height}Q${x + half} ${height * 0.8} ${x + half * 0.85} ${-unit}Z`,
      lighter(bark, 0.08),
    )
  }
}
