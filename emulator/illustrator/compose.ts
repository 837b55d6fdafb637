import { drawCaption } from './caption.ts'
import type { Canvas } from './canvas.ts'
import { createCanvas } from './canvas.ts'
import type { Colour } from './colour.ts'
import { brightness, fromRgb, grey, mix, saturate } from './colour.ts'
import { drawFigures } from './figures.ts'
import { PALETTES } from './palette.ts'
import type { Random } from './random.ts'
import { createRandom } from './random.ts'
import type { Reading } from './reading.ts'
import { read } from './reading.ts'
import { settings } from './settings/index.ts'
import { drawMedium } from './medium.ts'
import { drawSky } from './sky.ts'
import type { Stage } from './stage.ts'
import { drawWeather } from './weather.ts'
import type { Light, Style } from './words.ts'

/** What to compose; the same request gives the same markup. */
export interface Composition {
  readonly prompt: string
  /** Everything else that must change the image: model, seed, index, … */
  readonly seed: string
  /** Pixels. */
  readonly width: number
  /** Pixels. */
  readonly height: number
  readonly transparent: boolean
  readonly colours: readonly (readonly number[])[]
  readonly backgroundColour: readonly number[] | undefined
  /** Words that guide the look without standing in the caption. */
  readonly style: string | undefined
}

export interface Composed {
  readonly svg: string
  /** What must stay sharp when the image is made of coarse pixels: the caption. */
  readonly overlay?: string
  readonly styles: ReadonlySet<Style>
}

/** A prompt as a flat, layered illustration. */
export function compose(composition: Composition, drawOver: (stage: Stage) => void): Composed {
  const { prompt, width, height, transparent } = composition
  const reading = read(`${prompt} ${composition.style ?? ''}`)
  const random = createRandom(`${prompt}\n${composition.seed}`)
  const styles = reading.styles
  const canvas = createCanvas({
    width,
    height,
    grade: grading(composition, styles),
    isWash: styles.has('watercolor'),
    ...lineArt(styles, random, width, height),
  })
  const stage = createStage(canvas, reading, random)
  if (!transparent) drawScene(stage, composition)
  else drawFigures(stage, undefined)
  if (!transparent) drawMedium(stage)
  drawOver(stage)
  if (!styles.has('pixel')) {
    drawCaption(stage, prompt, transparent)
    return { svg: canvas.toSvg(), styles }
  }
  const overlay = createCanvas({ width, height, grade: (colour) => colour })
  drawCaption({ ...stage, canvas: overlay }, prompt, transparent)
  return { svg: canvas.toSvg(), overlay: overlay.toSvg(), styles }
}

function drawScene(stage: Stage, { backgroundColour }: Composition): void {
  const { canvas, width, height, reading, random } = stage
  if (canvas.isLineArt) canvas.raw(`<rect width="${width}" height="${height}" fill="#fdfbf5"/>`)
  const name =
    reading.setting ?? random.pick(['meadow', 'mountains', 'abstract', 'sea', 'abstract', 'desert'])
  const setting = settings[name](stage)
  if (setting.hasSky) drawSky(stage)
  if (backgroundColour !== undefined) canvas.rect(0, 0, width, height, fromRgb(backgroundColour))
  setting.drawBack()
  drawFigures(stage, setting)
  setting.drawFront()
  if (setting.hasSky) drawWeather(stage)
}

function createStage(canvas: Canvas, reading: Reading, random: Random): Stage {
  const { width, height } = canvas
  const light: Light =
    reading.light ??
    random.pick(
      reading.season === 'winter' ? ['day', 'dawn', 'day'] : ['day', 'golden', 'day', 'dawn', 'golden'],
    )
  const isUpright = height > width
  const isOnLeft = random.fork('side').chance(0.35)
  const offset = isUpright ? 0.06 : Math.min(0.2, 0.1 + (width / height - 1) * 0.12)
  return {
    canvas,
    reading,
    random,
    light,
    palette: PALETTES[light],
    weather: reading.weather ?? 'clear',
    season: reading.season,
    width,
    height,
    unit: Math.min(width, height) / 100,
    horizon: height * (isUpright ? 0.66 : 0.62),
    focusX: width * (isOnLeft ? 0.5 - offset : 0.5 + offset),
    sunX:
      width * (isOnLeft ? 0.5 + offset * 1.4 : 0.5 - offset * 1.4) +
      (isUpright ? width * 0.12 * (isOnLeft ? 1 : -1) : 0),
  }
}

/** The styles that are a matter of colour, and Recraft's colours: each picks the nearest one in brightness. */
function grading({ colours }: Composition, styles: ReadonlySet<Style>): (colour: Colour) => Colour {
  const steps: ((colour: Colour) => Colour)[] = []
  if (styles.has('pastel')) steps.push((colour) => mix(saturate(colour, 0.85), '#fff6ee', 0.34))
  if (styles.has('neon')) steps.push((colour) => saturate(colour, 1.6))
  if (styles.has('monochrome')) steps.push(grey)
  if (styles.has('sepia'))
    steps.push((colour) => mix(mix('#2c1a0e', '#fbeccb', brightness(colour)), colour, 0.08))
  const given = colours.map(fromRgb).toSorted((a, b) => brightness(a) - brightness(b))
  if (given.length > 0) steps.push((colour) => toned(colour, ['#14161f', ...given, '#fbf8f1']))
  return (colour) => steps.reduce((graded, step) => step(graded), colour)
}

/** A place on the ramp of the given colours by brightness. */
function toned(colour: Colour, ramp: readonly Colour[]): Colour {
  const place = brightness(colour) * (ramp.length - 1)
  const below = Math.floor(place)
  return mix(ramp[below] ?? colour, ramp[below + 1] ?? ramp[below] ?? colour, place - below)
}

function lineArt(
  styles: ReadonlySet<Style>,
  random: Random,
  width: number,
  height: number,
): { line?: { ink: Colour; paper: Colour; weight: number } } {
  if (!styles.has('line')) return {}
  const ink = random.fork('ink').pick(['#34357a', '#2b3a67', '#3b3355'])
  return { line: { ink, paper: '#fdfbf5', weight: Math.min(width, height) / 330 } }
}
