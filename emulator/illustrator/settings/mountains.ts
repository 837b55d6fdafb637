import { darker, lighter, mix } from '../colour.ts'
import { drawHills, drawPeaks, drawPine, grassColour } from '../land.ts'
import { seen } from '../palette.ts'
import { drawBirds } from '../sky.ts'
import type { Setting, Stage } from '../stage.ts'

/** Three ranges, a lake, firs. */
export function mountains(stage: Stage): Setting {
  const { canvas, width, height, horizon, unit, season, palette, random, reading, focusX } = stage
  const deep = height - horizon
  const shore = horizon + deep * 0.5
  const isDry =
    reading.figures.length > 0 && reading.figures.every(({ subject }) => subject.habitat === 'land')
  const lakeTop = horizon + deep * 0.04
  return {
    hasSky: true,
    drawBack() {
      drawPeaks(stage, {
        name: 'far',
        y: horizon + unit * 3,
        rise: unit * 32,
        colour: '#7d8fb0',
        distance: 0.85,
        bumps: 4,
      })
      drawPeaks(stage, {
        name: 'middle',
        y: horizon + unit * 3,
        rise: unit * 25,
        colour: '#667a96',
        distance: 0.56,
        bumps: 5,
      })
      drawPeaks(stage, {
        name: 'near',
        y: horizon + unit * 2,
        rise: unit * 13,
        colour: '#4f6a72',
        distance: 0.34,
        bumps: 7,
      })
      const firs = random.fork('shore')
      for (let index = 0; index < width / unit / 2.4; index += 1) {
        drawPine(
          stage,
          firs.between(0, width),
          lakeTop + unit * firs.between(0, 1),
          unit * firs.between(3, 7),
          0.42,
        )
      }
      if (isDry)
        drawHills(stage, {
          name: 'meadow',
          y: horizon + deep * 0.12,
          rise: unit * 1.5,
          colour: grassColour(season),
          distance: 0.3,
        })
      else drawLake(stage, lakeTop, shore)
      const bank = drawHills(stage, {
        name: 'bank',
        y: shore - unit,
        rise: unit * 2.4,
        colour: grassColour(season),
        distance: 0.08,
      })
      const side = focusX > width / 2 ? 0 : 1
      for (let index = 0; index < 9; index += 1) {
        const x = width * Math.abs(side - firs.between(0, 0.34) ** 1.2)
        drawPine(stage, x, bank(x) + unit * 2, unit * firs.between(14, 30), 0.08)
      }
      drawBirds(stage)
    },
    groundAt: (_x, habitat) => (habitat === 'water' ? horizon + deep * 0.3 : shore + deep * 0.14),
    drawFront() {
      const shade = darker(seen(palette, season === 'winter' ? '#b9c9d6' : '#4f6f47', 0), 0.4)
      canvas.blob(
        [
          [-width * 0.1, height * 1.1],
          [-width * 0.05, height - unit * 10],
          [width * 0.35, height - unit * 7.5],
          [width * 0.7, height - unit * 10.5],
          [width * 1.05, height - unit * 8],
          [width * 1.1, height * 1.1],
        ],
        shade,
      )
    },
  }
}

function drawLake({ canvas, palette, random, width, unit, sunX }: Stage, top: number, bottom: number): void {
  const [far, near] = palette.water
  canvas.rect(
    -unit,
    top,
    width + 2 * unit,
    bottom - top + unit * 6,
    canvas.linear([
      [0, mix(far, palette.sky[2], 0.4)],
      [1, mix(near, far, 0.35)],
    ]),
  )
  const ripples = random.fork('ripples')
  for (let index = 0; index < width / unit / 3; index += 1) {
    const y = top + (bottom - top) * ripples.between(0.05, 1)
    const length = unit * ripples.between(3, 12)
    const x = ripples.chance(0.5) ? sunX + unit * ripples.between(-9, 9) : ripples.between(0, width)
    canvas.ellipse(x, y, length, unit * 0.16, lighter(far, 0.45), { opacity: 0.55 })
  }
}
