import { darker } from '../colour.ts'
import { drawGrass, drawHills, drawLeafTree, drawPeaks, drawPine, grassColour } from '../land.ts'
import { seen } from '../palette.ts'
import { drawBirds } from '../sky.ts'
import type { Setting, Stage } from '../stage.ts'

/** Rolling country with a path. */
export function meadow(stage: Stage): Setting {
  const { canvas, width, height, horizon, unit, season, palette, random, focusX } = stage
  const grass = grassColour(season)
  const deep = height - horizon
  const ground = horizon + deep * 0.5
  return {
    hasSky: true,
    drawBack() {
      drawPeaks(stage, {
        name: 'far peaks',
        y: horizon + unit * 2,
        rise: unit * 17,
        colour: '#6f86a3',
        distance: 0.92,
        bumps: 4,
      })
      const trees = random.fork('trees')
      const far = drawHills(stage, {
        name: 'far',
        y: horizon - unit,
        rise: unit * 4,
        colour: grass,
        distance: 0.62,
      })
      for (let index = 0; index < width / unit / 9; index += 1) {
        const x = trees.between(0, width)
        drawPine(stage, x, far(x) + unit, unit * trees.between(5, 9), 0.6)
      }
      const middle = drawHills(stage, {
        name: 'middle',
        y: horizon + deep * 0.2,
        rise: unit * 3.6,
        colour: grass,
        distance: 0.32,
      })
      for (let index = 0; index < width / unit / 14; index += 1) {
        const x = trees.between(0, width)
        if (Math.abs(x - focusX) < unit * 16) continue
        const size = unit * trees.between(12, 19)
        if (trees.chance(0.6)) drawLeafTree(stage, x, middle(x) + unit * 1.5, size, 0.26)
        else drawPine(stage, x, middle(x) + unit * 1.5, size * 1.2, 0.26)
      }
      drawHills(stage, {
        name: 'near',
        y: horizon + deep * 0.42,
        rise: unit * 1.6,
        colour: grass,
        distance: 0.06,
      })
      drawPath(stage, ground)
      drawBirds(stage)
    },
    groundAt: () => ground,
    drawFront() {
      const shade = darker(seen(palette, grass, 0), 0.34)
      canvas.blob(
        [
          [-width * 0.1, height * 1.1],
          [-width * 0.05, height - unit * 9],
          [width * 0.3, height - unit * 11],
          [width * 0.65, height - unit * 7.5],
          [width * 1.05, height - unit * 11],
          [width * 1.1, height * 1.1],
        ],
        shade,
      )
      drawGrass(stage, height - unit * 14)
    },
  }
}

function drawPath({ canvas, palette, season, height, unit, focusX, width }: Stage, ground: number): void {
  const sand = seen(palette, season === 'winter' ? '#d3dde6' : '#d9bf8d', 0.1)
  const away = focusX > width / 2 ? -1 : 1
  const x = focusX + away * unit * 2
  canvas.path(
    `M${x - unit * 2} ${ground}C${x + away * unit * 16} ${ground + unit * 5} ${x - away * unit * 6} ${ground + unit * 12} ${x + away * unit * 22} ${height + unit * 3}L${x + away * unit * 46} ${height + unit * 3}C${x + away * unit * 10} ${ground + unit * 14} ${x + away * unit * 26} ${ground + unit * 6} ${x + unit * 2} ${ground}Z`,
    sand,
    { opacity: 0.85 },
  )
}
