import type { Point } from './canvas.ts'
import { lighter, mix } from './colour.ts'
import type { Stage } from './stage.ts'

/** Air and everything in it that is not a figure. */
export function drawSky(stage: Stage): void {
  const { canvas, palette, width, height, horizon, light } = stage
  const [top, middle, low] = palette.sky
  if (!canvas.isLineArt) {
    const end = Math.min(1, horizon / height)
    const paint = canvas.linear([
      [0, top],
      [end * 0.58, middle],
      [end * 0.98, low],
      [1, low],
    ])
    canvas.rect(0, 0, width, height, paint)
  }
  if (light === 'night') drawStars(stage, 1)
  if (light === 'dusk') drawStars(stage, 0.35)
  drawSun(stage)
  if (stage.weather !== 'clear' || light !== 'night') drawClouds(stage)
}

function drawStars({ canvas, random, width, horizon, unit }: Stage, share: number): void {
  const sky = random.fork('stars')
  const count = Math.round(Math.min(260, (90 * width * horizon) / (unit * unit * 6000)) * share)
  for (let index = 0; index < count; index += 1) {
    const [x, y] = [sky.between(0, width), sky.between(0, horizon * (share < 1 ? 0.4 : 0.82))]
    const size = unit * sky.between(0.1, 0.3)
    canvas.circle(x, y, size, '#fdf8e6', { opacity: sky.between(0.35, 0.95) * (0.4 + 0.6 * share) })
  }
}

/** Low at both ends of the day, high at noon; at night the moon. */
function drawSun(stage: Stage): void {
  const { canvas, palette, light, unit, horizon, sunX } = stage
  const radius = unit * (light === 'day' ? 5 : light === 'night' ? 6 : 7.4)
  const y = sunHeight(stage)
  if (light === 'storm' || light === 'overcast') {
    canvas.glow(sunX, y, unit * 40, palette.sun, 0.5)
    return
  }
  canvas.glow(
    sunX,
    y,
    unit * (light === 'night' ? 34 : 62),
    lighter(palette.sun, 0.1),
    light === 'night' ? 0.4 : 0.75,
  )
  canvas.circle(sunX, y, radius, palette.sun, { lit: true })
  if (light === 'night') {
    for (const [dx, dy, r] of [
      [-0.3, -0.2, 0.2],
      [0.25, 0.3, 0.26],
      [0.34, -0.36, 0.12],
    ] as const) {
      canvas.circle(sunX + dx * radius, y + dy * radius, r * radius, mix(palette.sun, palette.sky[2], 0.22), {
        opacity: 0.6,
      })
    }
  }
  if (canvas.isLineArt && light !== 'night') return
  if (light === 'dawn' || light === 'dusk') canvas.glow(sunX, horizon, unit * 30, palette.sun, 0.4)
}

export function sunHeight({ light, horizon, unit }: Stage): number {
  if (light === 'dusk') return horizon - unit * 4.6
  if (light === 'dawn') return horizon - unit * 7
  if (light === 'golden') return horizon * 0.52
  return horizon * 0.3
}

/** Flat-bottomed banks, longer and thinner towards the horizon. */
function drawClouds(stage: Stage): void {
  const { canvas, palette, random, width, horizon, unit, weather, light } = stage
  const sky = random.fork('clouds')
  const isHeavy = weather === 'cloudy' || weather === 'rain' || light === 'storm'
  const banks = Math.round((isHeavy ? 9 : 5) * Math.max(1, width / (unit * 170)))
  const isLow = light === 'dusk' || light === 'dawn' || light === 'golden'
  for (let index = 0; index < banks; index += 1) {
    const depth = index / banks
    const y = horizon * (isHeavy ? 0.08 + depth * 0.6 : 0.14 + depth * 0.68)
    const x = sky.between(-0.05, 1.05) * width
    const length = unit * sky.between(26, 48) * (isHeavy ? 1.5 : 1) * (1.1 - depth * 0.3)
    const thickness =
      unit *
      (isLow ? sky.between(1, 2.4) : sky.between(3.2, 5.5)) *
      (isHeavy ? 1.6 : 1) *
      (1.15 - depth * 0.6)
    const colour = mix(
      palette.cloud,
      palette.cloudShade,
      isHeavy ? sky.between(0.2, 0.9) : sky.between(0, 0.55),
    )
    canvas.blob(
      bank(x, y, length, thickness, sky.whole(5, 8), (min, max) => sky.between(min, max)),
      colour,
      {
        opacity: isHeavy ? 0.75 : isLow ? 0.62 : 0.82,
      },
    )
  }
}

function bank(
  x: number,
  y: number,
  length: number,
  thickness: number,
  bumps: number,
  between: (min: number, max: number) => number,
): readonly Point[] {
  const points: Point[] = [[x - length / 2, y]]
  for (let index = 0; index < bumps; index += 1) {
    const along = (index + 0.5) / bumps
    const arch = Math.sin(along * Math.PI)
    points.push([
      x - length / 2 + along * length,
      y - thickness * arch * between(0.55, 1.35) - thickness * 0.12,
    ])
  }
  points.push(
    [x + length / 2, y],
    [x + length * 0.2, y + thickness * 0.16],
    [x - length * 0.22, y + thickness * 0.16],
  )
  return points
}

/** A few gulls, far away. */
export function drawBirds({ canvas, random, width, horizon, unit, palette }: Stage): void {
  const air = random.fork('birds')
  const [x, y] = [width * air.between(0.3, 0.7), horizon * air.between(0.3, 0.5)]
  const colour = mix(palette.ambient.colour, '#141a33', 0.45)
  for (let index = 0; index < 5; index += 1) {
    const span = unit * air.between(1.1, 2)
    const [cx, cy] = [x + unit * air.between(-12, 12), y + unit * air.between(-6, 6)]
    canvas.stroke(
      `M${cx - span} ${cy - span * 0.3}Q${cx - span * 0.4} ${cy - span * 0.55} ${cx} ${cy}Q${cx + span * 0.4} ${cy - span * 0.55} ${cx + span} ${cy - span * 0.3}`,
      colour,
      unit * 0.28,
      { opacity: 0.75 },
    )
  }
}
