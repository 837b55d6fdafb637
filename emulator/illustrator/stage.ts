import type { Canvas } from './canvas.ts'
import type { Palette } from './palette.ts'
import type { Random } from './random.ts'
import type { Reading } from './reading.ts'
import type { Light, Season, Weather } from './words.ts'

/** What every part of an image needs to know about the whole. */
export interface Stage {
  readonly canvas: Canvas
  readonly palette: Palette
  readonly random: Random
  readonly reading: Reading
  readonly light: Light
  readonly weather: Weather
  readonly season: Season
  /** Pixels. */
  readonly width: number
  /** Pixels. */
  readonly height: number
  /** A hundredth of the shorter side. */
  readonly unit: number
  /** Where the sky ends, pixels from the top. */
  readonly horizon: number
  /** Where the main figure stands. */
  readonly focusX: number
  /** Where the sun or moon is. */
  readonly sunX: number
}

/** A place for figures, in three layers: what is behind them, the ground they stand on, what is in front of them. */
export interface Setting {
  drawBack(): void
  /** Where something of that habitat touches the ground at `x`, in pixels. */
  groundAt(x: number, habitat: 'land' | 'water' | 'air' | 'table'): number
  drawFront(): void
  /** There is a sky to put sun, clouds and birds in. */
  readonly hasSky: boolean
}
