import type { Stage } from './stage.ts'

/** What the image is painted with, as far as it shows on the surface. */
export function drawMedium(stage: Stage): void {
  if (stage.canvas.isLineArt) return
  if (stage.reading.styles.has('watercolor')) {
    drawBlooms(stage)
    drawPaperEdge(stage)
  }
  if (stage.reading.styles.has('oil')) drawBrushwork(stage)
}

/** Where the water stood. */
function drawBlooms({ canvas, random, width, height, unit }: Stage): void {
  const water = random.fork('blooms')
  for (let index = 0; index < 46; index += 1) {
    const [x, y, size] = [water.between(0, width), water.between(0, height), unit * water.between(8, 26)]
    canvas.glow(x, y, size, water.chance(0.75) ? '#fffdf6' : '#7f8fc0', water.between(0.12, 0.3))
  }
}

/** A margin of bare paper with an edge that no ruler drew. */
function drawPaperEdge({ canvas, random, width, height, unit }: Stage): void {
  const hand = random.fork('edge')
  const margin = unit * 3.4
  const below = unit * 8.2
  const wobble = (): number => hand.between(-0.9, 0.9) * unit
  const step = unit * 6
  const points: string[] = []
  for (let x = margin; x < width - margin; x += step)
    points.push(`${x.toFixed(1)} ${(margin + wobble()).toFixed(1)}`)
  for (let y = margin; y < height - below; y += step)
    points.push(`${(width - margin + wobble()).toFixed(1)} ${y.toFixed(1)}`)
  for (let x = width - margin; x > margin; x -= step)
    points.push(`${x.toFixed(1)} ${(height - below + wobble()).toFixed(1)}`)
  for (let y = height - below; y > margin; y -= step)
    points.push(`${(margin + wobble()).toFixed(1)} ${y.toFixed(1)}`)
  canvas.raw(`<path fill="#fdfaf2" fill-rule="evenodd" d="M0 0H${width}V${height}H0ZM${points.join('L')}Z"/>`)
}

/** Short strokes that follow the forms' general direction. */
function drawBrushwork({ canvas, random, width, height, unit, horizon }: Stage): void {
  const brush = random.fork('brush')
  const count = Math.min(2400, Math.round((width * height) / (unit * unit * 11)))
  for (let index = 0; index < count; index += 1) {
    const [x, y] = [brush.between(0, width), brush.between(0, height)]
    const length = unit * brush.between(2, 7)
    const rise =
      y < horizon
        ? Math.sin(x / (unit * 17) + y / (unit * 11)) * length * 0.6
        : length * brush.between(-0.12, 0.12)
    const colour = brush.pick(['#fff6df', '#fff6df', '#1c1d4a', '#f6b06a', '#7f9ad6'])
    canvas.stroke(
      `M${x.toFixed(1)} ${y.toFixed(1)}q${(length * 0.5).toFixed(1)} ${(rise * 0.9).toFixed(1)} ${length.toFixed(1)} ${rise.toFixed(1)}`,
      colour,
      unit * brush.between(0.5, 1.2),
      {
        opacity: brush.between(0.05, 0.17),
      },
    )
  }
}
