import { brightness, darker, lighter, mix } from './colour.ts'
import type { Figure } from './reading.ts'
import type { Setting, Stage } from './stage.ts'

/** Where each figure goes: the first is the hero, the others stand around it, smaller. */
const PLACES = [
  { side: 0, size: 1 },
  { side: -1, size: 0.62 },
  { side: 1, size: 0.55 },
  { side: -1.8, size: 0.45 },
] as const

/** @param setting  `undefined` for figures on nothing, as a transparent image has them */
export function drawFigures(stage: Stage, setting: Setting | undefined): void {
  const { figures } = stage.reading
  if (setting === undefined && figures.length === 0) drawEmblem(stage)
  const placed = figures.map((figure, index) => ({ figure, index }))
  // The hero comes last, before the others.
  for (const { figure, index } of placed.toReversed()) drawFigure(stage, setting, figure, index)
}

function drawFigure(
  stage: Stage,
  setting: Setting | undefined,
  { subject, colour }: Figure,
  index: number,
): void {
  const { canvas, palette, random, season, width, height, unit, focusX } = stage
  const place = PLACES[index] ?? PLACES[1]
  const { habitat } = subject
  const away = focusX > width / 2 ? 1 : -1
  const spread = Math.min(unit * 34, width * 0.3)
  const x = setting === undefined && index === 0 ? width / 2 : focusX + place.side * away * spread
  const ground = setting?.groundAt(x, habitat) ?? height * 0.8
  const wanted = unit * 100 * subject.size * place.size * (setting === undefined ? 1.2 : 1)
  // Tall images have the room to show more of a slender figure, as long as it fits between the edges.
  const room = Math.min(height * 0.72, (width * 0.66 * subject.height) / subject.width)
  const size = Math.min(room, Math.max(wanted, Math.min(room, height * 0.3 * place.size)))
  const flies = habitat === 'air' && setting?.hasSky === true
  const lift = flies ? Math.max(size * 1.1, stage.horizon * (index === 0 ? 0.92 : 0.6)) : ground
  const isLit = setting !== undefined
  const pose = random.fork(`pose ${index}`)
  canvas.group(
    {
      x,
      y: setting === undefined ? ground : lift,
      // On nothing there is no scene to tell two images of the same thing apart.
      ...(isLit ? {} : { turn: pose.between(-5, 5) }),
      scale: (size / subject.height) * (isLit ? 1 : pose.between(0.9, 1.08)),
      flip: index > 0 && place.side < 0 === away > 0,
      ...(isLit ? { tint: { colour: palette.ambient.colour, amount: palette.ambient.amount * 0.62 } } : {}),
    },
    () =>
      subject.draw(canvas, {
        main: (own) =>
          colour ?? (index === 0 && figureTakes(stage) ? (stage.reading.colours[0] ?? own) : own),
        isDark: palette.isDark && brightness(palette.sky[1]) < 0.55,
        season,
        isIndoors: setting === undefined || stage.reading.setting === 'room',
        random: random.fork(`figure ${index}`),
      }),
  )
}

/** The prompt names one colour and one thing: they belong together, wherever they stand. */
function figureTakes({ reading }: Stage): boolean {
  return reading.figures.length === 1 && reading.colours.length === 1
}

/** Something to see where there is neither a scene nor a thing: a sun over hills, as a badge. */
function drawEmblem({ canvas, random, width, height, unit, reading, palette }: Stage): void {
  const draw = random.fork('emblem')
  const colour = reading.colours[0] ?? draw.pick(['#d4573f', '#3d7c85', '#6d5a93', '#e9a15b'])
  const [x, y, radius] = [width / 2, height * 0.47, unit * 34]
  canvas.circle(x, y, radius, darker(colour, 0.4))
  canvas.circle(x, y, radius * 0.94, mix(colour, palette.sky[2], 0.65))
  canvas.circle(x + radius * draw.between(-0.3, 0.3), y - radius * 0.12, radius * 0.3, lighter(colour, 0.7))
  for (const [top, amount] of [
    [0.06, 0.1],
    [0.34, 0.4],
  ] as const) {
    const edge = radius * 0.94
    const half = Math.sqrt(1 - top * top) * edge
    canvas.path(
      `M${x - half} ${y + edge * top}Q${x - half * 0.4} ${y + edge * (top - 0.34)} ${x} ${y + edge * (top + 0.04)}T${x + half} ${y + edge * top}A${edge} ${edge} 0 0 1 ${x - half} ${y + edge * top}Z`,
      darker(colour, amount),
    )
  }
}
