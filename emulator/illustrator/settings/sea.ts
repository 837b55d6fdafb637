import type { Point } from '../canvas.ts'
import { darker, lighter, mix } from '../colour.ts'
import { seen } from '../palette.ts'
import { drawBirds } from '../sky.ts'
import type { Setting, Stage } from '../stage.ts'

/** Open water; with a headland when something needs firm ground. */
export function sea(stage: Stage): Setting {
  const needsLand = stage.reading.figures.some(
    ({ subject }) => subject.habitat === 'land' || subject.habitat === 'table',
  )
  const landY = stage.horizon + (stage.height - stage.horizon) * 0.28
  const waterY = stage.horizon + (stage.height - stage.horizon) * 0.4
  return {
    hasSky: true,
    drawBack() {
      drawIslands(stage)
      drawWater(stage)
      drawGlitter(stage)
      drawBirds(stage)
      if (needsLand) drawHeadland(stage, landY)
    },
    groundAt: (_x, habitat) => (habitat === 'water' || !needsLand ? waterY : landY),
    drawFront: () => drawForeground(stage),
  }
}

function drawIslands({ canvas, palette, random, width, horizon, unit, focusX }: Stage): void {
  const far = random.fork('islands')
  for (const [distance, height] of [
    [0.86, 6.5],
    [0.7, 4],
  ] as const) {
    const middle = focusX > width / 2 ? width * far.between(0.02, 0.3) : width * far.between(0.7, 0.98)
    const half = unit * far.between(30, 48)
    const points: Point[] = [[middle - half, horizon + unit]]
    for (let index = 1; index < 8; index += 1) {
      const along = index / 8
      points.push([
        middle - half + 2 * half * along,
        horizon - unit * height * Math.sin(along * Math.PI) * far.between(0.5, 1.2),
      ])
    }
    points.push([middle + half, horizon + unit])
    canvas.blob(points, seen(palette, '#56708a', distance))
  }
}

function drawWater({ canvas, palette, random, width, height, horizon, unit }: Stage): void {
  const [far, near] = palette.water
  canvas.rect(
    -unit,
    horizon,
    width + 2 * unit,
    height - horizon + unit,
    canvas.linear([
      [0, far],
      [0.3, mix(far, near, 0.55)],
      [1, darker(near, 0.15)],
    ]),
  )
  const waves = random.fork('waves')
  const rows = 15
  for (let row = 0; row < rows; row += 1) {
    const depth = (row + 0.6) / rows
    const y = horizon + (height - horizon) * depth ** 1.5
    const count = Math.ceil((width / (unit * 100)) * (9 - depth * 4))
    for (let index = 0; index < count; index += 1) {
      const x = waves.between(-0.05, 1.05) * width
      const length = unit * (2 + 15 * depth) * waves.between(0.6, 1.4)
      const lift = unit * (0.15 + depth * 0.9)
      const colour = waves.chance(0.6) ? lighter(mix(far, near, depth * 0.6), 0.3) : darker(near, 0.3)
      canvas.stroke(
        `M${x - length / 2} ${y}q${length / 4} ${-lift} ${length / 2} 0t${length / 2} 0`,
        colour,
        unit * (0.12 + depth * 0.4),
        { opacity: canvas.isLineArt ? 1 : 0.4 },
      )
    }
  }
}

/** The sun's road on the water. */
function drawGlitter({ canvas, palette, random, height, horizon, unit, sunX, light }: Stage): void {
  if (light === 'storm' || light === 'overcast' || canvas.isLineArt) return
  const sparks = random.fork('glitter')
  const rows = 34
  for (let row = 0; row < rows; row += 1) {
    const depth = row / rows
    const y = horizon + unit * 0.5 + (height - horizon) * 0.86 * depth ** 1.35
    const spread = unit * (3.2 + 11 * depth)
    for (let index = 0; index < 2; index += 1) {
      const length = unit * (2.2 + 8 * depth) * sparks.between(0.35, 1.15)
      canvas.ellipse(
        sunX + sparks.between(-1, 1) * spread * 0.6,
        y,
        length / 2,
        unit * (0.16 + 0.3 * depth),
        palette.sun,
        {
          opacity: (light === 'day' ? 0.4 : 0.72) * (1 - depth * 0.6),
        },
      )
    }
  }
}

/** Cliff, from the nearer edge of the image to beyond the figure. */
function drawHeadland(stage: Stage, top: number): void {
  const { canvas, palette, random, width, height, unit, focusX, season } = stage
  const side = focusX > width / 2 ? 1 : -1
  const edge = side > 0 ? width + unit * 4 : -unit * 4
  const rocks = random.fork('headland')
  const reach = unit * 30
  const at = (dx: number): number => focusX - side * dx
  const rock = seen(palette, '#6d5f63', 0.12)
  const grass = seen(
    palette,
    season === 'winter' ? '#eef3f6' : season === 'autumn' ? '#a98a45' : '#6f8f4f',
    0.08,
  )

  const outline: Point[] = [
    [edge, top - unit * 5.5],
    [at(-unit * 26), top - unit * 3.2],
    [at(-unit * 12), top - unit * 0.4],
    [at(unit * 9), top],
    [at(reach * 0.62), top + unit * 2],
    [at(reach * 0.86), top + unit * 7],
    [at(reach * 0.98), top + unit * 14],
    [at(reach * 1.3), top + unit * 22],
    [at(reach * 1.45), height + unit * 6],
    [edge, height + unit * 6],
  ]
  canvas.polygon(
    outline,
    canvas.linear([
      [0, rock],
      [1, darker(rock, 0.45)],
    ]),
  )
  for (let index = 0; index < 15; index += 1) {
    const x = at(rocks.between(-unit * 40, reach * 1.05))
    const y = top + unit * rocks.between(7, 30)
    const size = unit * rocks.between(2, 6)
    const facet: Point[] = [
      [x, y],
      [x + size * 1.1, y + size * 0.5],
      [x + size * 0.5, y + size * 2],
      [x - size * 0.5, y + size * 1.3],
    ]
    canvas.polygon(facet, rocks.chance(0.5) ? lighter(rock, 0.16) : darker(rock, 0.35), { opacity: 0.4 })
  }
  canvas.blob(
    [
      [edge, top - unit * 6.4],
      [at(-unit * 26), top - unit * 4],
      [at(-unit * 12), top - unit * 1],
      [at(unit * 9), top - unit * 0.5],
      [at(reach * 0.64), top + unit * 1.6],
      [at(reach * 0.8), top + unit * 5],
      [at(reach * 0.5), top + unit * 4.6],
      [at(unit * 4), top + unit * 5.2],
      [at(-unit * 14), top + unit * 5.5],
      [edge, top + unit * 4],
    ],
    grass,
  )
  drawSurf(stage, at(reach * 1.3), top + unit * 22, side)
}

function drawSurf({ canvas, palette, unit, height }: Stage, x: number, y: number, side: number): void {
  const foam = mix('#ffffff', palette.haze, palette.isDark ? 0.5 : 0.15)
  for (const [offset, length] of [
    [0, 13],
    [2.2, 18],
    [5, 12],
  ] as const) {
    if (y + offset * unit > height) return
    canvas.stroke(
      `M${x + side * unit * 4} ${y + offset * unit}q${-side * unit * length * 0.4} ${-unit * 1.2} ${-side * unit * length * 0.6} ${unit * 0.4}t${-side * unit * length * 0.5} ${unit * 0.6}`,
      foam,
      unit * 0.5,
      { opacity: 0.7 },
    )
  }
}

/** Dark water in front, under the caption. */
function drawForeground({ canvas, palette, random, width, height, unit }: Stage): void {
  const near = random.fork('foreground')
  const base = darker(palette.water[1], 0.4)
  for (const [lift, opacity] of [
    [11, 0.45],
    [6.5, 0.75],
  ] as const) {
    const points: Point[] = [[-unit * 4, height + unit * 4]]
    for (let index = 0; index <= 10; index += 1) {
      points.push([(width * index) / 10, height - unit * (lift + near.between(-1.2, 1.2))])
    }
    points.push([width + unit * 4, height + unit * 4])
    canvas.blob(points, base, { opacity })
  }
}
