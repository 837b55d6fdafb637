import type { Colour } from '../colour.ts'
import { lighter, mix } from '../colour.ts'
import type { Setting, Stage } from '../stage.ts'

/** Five that sit well together, from paper to ink. */
const SCHEMES: readonly [readonly Colour[], ...(readonly Colour[])[]] = [
  ['#f6ead7', '#e9a15b', '#d4573f', '#3d7c85', '#1f3352'],
  ['#f4efe4', '#f1c24f', '#e0705c', '#6a9c89', '#2c3a5a'],
  ['#eef1ec', '#9cc3bd', '#e8977f', '#4c6fa5', '#2d2b52'],
  ['#f9efe2', '#e7b7a4', '#c46a7c', '#6d5a93', '#27294f'],
  ['#f3f0e1', '#c9c06a', '#6f9a5b', '#2f7169', '#17364a'],
]

/** A composition of plain shapes, where the prompt names nothing to draw. */
export function abstract(stage: Stage): Setting {
  const { canvas, width, height, unit, random, reading, palette } = stage
  const draw = random.fork('abstract')
  const named = reading.colours
  const scheme = named.length === 0 ? draw.pick(SCHEMES) : schemeOf(named)
  const colours = palette.isDark ? scheme.toReversed() : scheme
  return {
    hasSky: false,
    drawBack() {
      const paper = colours[0]!
      canvas.rect(
        -unit,
        -unit,
        width + 2 * unit,
        height + 2 * unit,
        canvas.linear(
          [
            [0, lighter(paper, 0.1)],
            [1, mix(paper, colours[1]!, 0.2)],
          ],
          55,
        ),
      )
      draw.pick([drawTiles, drawRibbons, drawArches, drawOrbits])(stage, colours)
    },
    groundAt: () => height * 0.8,
    drawFront: () => undefined,
  }
}

function schemeOf(named: readonly Colour[]): readonly Colour[] {
  const [first = '#d4573f', second = mix(first, '#f6d9b0', 0.55), third = mix(first, '#1f3352', 0.5)] = named
  return [mix('#f7f0e4', first, 0.1), second, first, third, mix(third, '#141a38', 0.65)]
}

/** Quarter circles, discs and halves on a grid. */
function drawTiles({ canvas, width, height, unit, random }: Stage, colours: readonly Colour[]): void {
  const plan = random.fork('tiles')
  const columns = Math.max(2, Math.round(width / (unit * 22)))
  const size = width / columns
  for (let row = 0; row * size < height; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const [x, y] = [column * size, row * size]
      const [back, front] = [plan.pick([0, 1, 2, 3, 4]), plan.pick([1, 2, 3, 4])]
      canvas.rect(x, y, size + 0.6, size + 0.6, colours[back]!)
      const paint = colours[front === back ? (front + 2) % 5 : front]!
      const [cx, cy] = plan.pick([
        [x, y],
        [x + size, y],
        [x, y + size],
        [x + size, y + size],
      ] as const)
      const [dx, dy] = [cx === x ? size : -size, cy === y ? size : -size]
      const sweep = dx * dy > 0 ? 1 : 0
      switch (plan.whole(0, 3)) {
        case 0:
          canvas.circle(x + size / 2, y + size / 2, size * 0.36, paint)
          break
        case 1:
          canvas.path(`M${cx} ${cy}h${dx}A${size} ${size} 0 0 ${sweep} ${cx} ${cy + dy}Z`, paint)
          break
        case 2:
          canvas.path(`M${cx} ${cy}h${dx}A${size} ${size} 0 0 ${sweep} ${cx} ${cy + dy}Z`, paint)
          canvas.path(
            `M${cx} ${cy}h${dx * 0.55}A${size * 0.55} ${size * 0.55} 0 0 ${sweep} ${cx} ${cy + dy * 0.55}Z`,
            colours[back]!,
          )
          break
        default:
          canvas.path(
            `M${x} ${y + size / 2}A${size / 2} ${size / 2} 0 0 1 ${x + size} ${y + size / 2}Z`,
            paint,
          )
          canvas.path(`M${x} ${y + size}A${size / 2} ${size / 2} 0 0 1 ${x + size} ${y + size}Z`, paint)
      }
    }
  }
}

/** Bands that flow across, each over the last. */
function drawRibbons({ canvas, width, height, unit, random }: Stage, colours: readonly Colour[]): void {
  const flow = random.fork('ribbons')
  canvas.circle(width * flow.between(0.25, 0.75), height * flow.between(0.2, 0.34), unit * 13, colours[2]!)
  const bands = 8
  for (let band = 0; band < bands; band += 1) {
    const y = height * (0.26 + (band / bands) * 0.72)
    const [a, b, c] = [0, 0, 0].map(() => height * flow.between(-0.13, 0.13)) as [number, number, number]
    const colour = mix(
      colours[1 + (band % 4)]!,
      colours[Math.min(4, 1 + Math.floor((band / bands) * 4))]!,
      0.55,
    )
    canvas.path(
      `M${-unit} ${y + a}C${width * 0.25} ${y + a + b} ${width * 0.35} ${y - b} ${width * 0.55} ${y + c}S${width * 0.85} ${y + a} ${width + unit} ${y - c}V${height + unit}H${-unit}Z`,
      colour,
      { opacity: 0.92 },
    )
  }
}

/** Rainbows of arches around two or three middles. */
function drawArches({ canvas, width, height, unit, random }: Stage, colours: readonly Colour[]): void {
  const plan = random.fork('arches')
  const count = Math.max(2, Math.round((width / (unit * 100)) * 1.8))
  for (let index = 0; index < count; index += 1) {
    const x = (width * (index + 0.5)) / count + unit * plan.between(-6, 6)
    const base = height * plan.between(0.82, 1.02)
    const outer = unit * plan.between(40, 58)
    for (let ring = 0; ring < 6; ring += 1) {
      const radius = outer * (1 - ring * 0.155)
      canvas.path(
        `M${x - radius} ${height + unit}V${base}A${radius} ${radius} 0 0 1 ${x + radius} ${base}V${height + unit}Z`,
        colours[(ring + index * 2 + 1) % 5]!,
      )
    }
  }
}

/** Discs on rings, like a model of the planets. */
function drawOrbits(
  { canvas, width, height, unit, random, focusX }: Stage,
  colours: readonly Colour[],
): void {
  const plan = random.fork('orbits')
  const y = height * 0.46
  for (let ring = 5; ring >= 1; ring -= 1) {
    canvas.circle(
      focusX,
      y,
      unit * 13 * ring,
      mix(colours[0]!, colours[(ring % 4) + 1]!, 0.16 + 0.1 * (6 - ring)),
    )
  }
  canvas.circle(focusX, y, unit * 9, colours[2]!)
  for (let ring = 1; ring <= 5; ring += 1) {
    const angle = plan.between(0, Math.PI * 2)
    const radius = unit * 13 * ring
    const [cx, cy] = [focusX + Math.cos(angle) * radius, y + Math.sin(angle) * radius]
    canvas.circle(cx, cy, unit * plan.between(2, 5.5), colours[(ring % 3) + 2]!)
    canvas.circle(cx + unit, cy - unit, unit * 0.9, colours[0]!, { opacity: 0.75 })
  }
  canvas.path(
    `M${-unit} ${height + unit}V${height * 0.86}Q${width * 0.3} ${height * 0.76} ${width * 0.6} ${height * 0.86}T${width + unit} ${height * 0.82}V${height + unit}Z`,
    colours[4]!,
  )
}
