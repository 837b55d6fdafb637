import type { Stage } from './stage.ts'

/** What falls, over everything else. */
export function drawWeather({
  canvas,
  random,
  weather,
  season,
  width,
  height,
  unit,
  palette,
  light,
}: Stage): void {
  const air = random.fork('weather')
  const area = (width * height) / (unit * unit * 10_000)
  if (light === 'storm') {
    const x = width * air.between(0.25, 0.75)
    const bolt = `M${x} 0l${unit * 3} ${unit * 13} ${-unit * 5} ${unit * 2} ${unit * 4} ${unit * 15} ${-unit * 4} ${unit * 1.5} ${unit * 2.4} ${unit * 12}`
    canvas.glow(x, unit * 12, unit * 42, '#f4f6ff', 0.5)
    canvas.stroke(bolt, '#fbfcff', unit * 0.8, { lit: true })
  }
  if (weather === 'rain') {
    for (let index = 0; index < 130 * area; index += 1) {
      const [x, y, length] = [air.between(0, width), air.between(0, height), unit * air.between(2, 5)]
      canvas.stroke(`M${x} ${y}l${-length * 0.25} ${length}`, '#e3ebf2', unit * 0.16, { opacity: 0.4 })
    }
  }
  if (weather === 'snow' || (season === 'winter' && weather === 'clear')) {
    for (let index = 0; index < 110 * area; index += 1) {
      const near = air.between(0, 1) ** 2
      canvas.circle(air.between(0, width), air.between(0, height), unit * (0.18 + near * 0.62), '#ffffff', {
        opacity: 0.55 + near * 0.3,
      })
    }
  }
  if (weather === 'fog') {
    for (const [at, opacity] of [
      [0.42, 0.3],
      [0.58, 0.42],
      [0.72, 0.3],
    ] as const) {
      const band = canvas.linear([
        [0, palette.haze, 0],
        [0.5, palette.haze, opacity],
        [1, palette.haze, 0],
      ])
      canvas.rect(0, height * (at - 0.16), width, height * 0.32, band)
    }
  }
}
