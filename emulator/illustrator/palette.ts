import type { Colour } from './colour.ts'
import { mix } from './colour.ts'
import type { Light } from './words.ts'

/** The light of an image: what the sky looks like and what it does to everything under it. */
export interface Palette {
  /** Top, middle, just above the horizon. */
  readonly sky: readonly [top: Colour, middle: Colour, low: Colour]
  readonly sun: Colour
  readonly cloud: Colour
  readonly cloudShade: Colour
  /** What distance fades into. */
  readonly haze: Colour
  /** Falls on every surface. */
  readonly ambient: { readonly colour: Colour; readonly amount: number }
  readonly water: readonly [far: Colour, near: Colour]
  /** Lamps are lit. */
  readonly isDark: boolean
}

export const PALETTES = {
  dawn: {
    sky: ['#6f86b9', '#e9a7ac', '#ffe2b5'],
    sun: '#fff3cf',
    cloud: '#fbd3c4',
    cloudShade: '#c795ab',
    haze: '#f8cfb2',
    ambient: { colour: '#c77f97', amount: 0.24 },
    water: ['#f3b9a6', '#55719c'],
    isDark: false,
  },
  day: {
    sky: ['#4b9fd6', '#93cdec', '#e6f4ee'],
    sun: '#fffbe6',
    cloud: '#ffffff',
    cloudShade: '#cfe3ee',
    haze: '#dceff0',
    ambient: { colour: '#fff3d6', amount: 0.06 },
    water: ['#8fd0d8', '#1f6f9c'],
    isDark: false,
  },
  golden: {
    sky: ['#5d9cc0', '#f3d7a5', '#ffcf8a'],
    sun: '#fff4d2',
    cloud: '#fff0d4',
    cloudShade: '#e6b98c',
    haze: '#fadaa8',
    ambient: { colour: '#e08f4c', amount: 0.17 },
    water: ['#f4cf9b', '#3a7d95'],
    isDark: false,
  },
  dusk: {
    sky: ['#2b2a5c', '#a4507f', '#ffb46b'],
    sun: '#ffe9b8',
    cloud: '#f58d74',
    cloudShade: '#7d3f74',
    haze: '#f29a74',
    ambient: { colour: '#3a2a62', amount: 0.44 },
    water: ['#f19a70', '#2c2a5e'],
    isDark: true,
  },
  night: {
    sky: ['#0a1233', '#17295e', '#3f5f97'],
    sun: '#fdf6da',
    cloud: '#3b5288',
    cloudShade: '#24386d',
    haze: '#35528c',
    ambient: { colour: '#101d4d', amount: 0.6 },
    water: ['#33528c', '#0c1740'],
    isDark: true,
  },
  storm: {
    sky: ['#2d3542', '#56616d', '#a5adab'],
    sun: '#e6e9e2',
    cloud: '#6c7781',
    cloudShade: '#3d4753',
    haze: '#929c9e',
    ambient: { colour: '#38434f', amount: 0.42 },
    water: ['#7f8c90', '#2a3844'],
    isDark: true,
  },
  overcast: {
    sky: ['#a9b8c2', '#ccd6d8', '#ecebe2'],
    sun: '#f7f5ea',
    cloud: '#e8ecec',
    cloudShade: '#bcc8ce',
    haze: '#dfe3df',
    ambient: { colour: '#b9c4c6', amount: 0.22 },
    water: ['#c3d0d2', '#5f7c8c'],
    isDark: false,
  },
} as const satisfies Record<Light, Palette>

/**
 * A material as it looks in this light at this distance.
 *
 * @param distance  0 is in front, 1 on the horizon
 */
export function seen(palette: Palette, material: Colour, distance: number): Colour {
  const inLight = mix(material, palette.ambient.colour, palette.ambient.amount)
  return mix(inLight, palette.haze, distance * 0.78)
}
