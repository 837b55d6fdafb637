import type { Canvas } from '../canvas.ts'
import type { Colour } from '../colour.ts'
import type { Random } from '../random.ts'
import type { Season, SettingName } from '../words.ts'

export interface Tones {
  /** The colour that the prompt names, or the subject's own. */
  main(own: Colour): Colour
  /** Lamps and windows are lit. */
  readonly isDark: boolean
  readonly season: Season
  /** There is a table to stand on. */
  readonly isIndoors: boolean
  readonly random: Random
}

/** Something that can be drawn anywhere. */
export interface Subject {
  /** In the singular and lower case; two words for a name such as "hot air". */
  readonly words: readonly string[]
  /** What carries it. */
  readonly habitat: 'land' | 'water' | 'air' | 'table'
  /** Where it is unless the prompt says. */
  readonly home: SettingName
  /** In its own units: it stands on (0, 0), reaches up to -height and from -width/2 to width/2. */
  readonly width: number
  readonly height: number
  /** Its height as a share of the image's shorter side, when it is alone. */
  readonly size: number
  draw(canvas: Canvas, tones: Tones): void
}
