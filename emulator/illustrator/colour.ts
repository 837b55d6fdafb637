/** `#rrggbb`. */
export type Colour = string

type Rgb = readonly [red: number, green: number, blue: number]

/** `amount` 0 is `from`, 1 is `to`. In linear light, so that mixtures don't go muddy. */
export function mix(from: Colour, to: Colour, amount: number): Colour {
  const [a, b] = [channels(from), channels(to)]
  const blend = (index: 0 | 1 | 2): number => {
    const linear = a[index] ** 2.2 * (1 - amount) + b[index] ** 2.2 * amount
    return linear ** (1 / 2.2)
  }
  return hex([blend(0), blend(1), blend(2)])
}

export function lighter(colour: Colour, amount = 0.2): Colour {
  return mix(colour, '#ffffff', amount)
}

export function darker(colour: Colour, amount = 0.25): Colour {
  return mix(colour, '#0b1026', amount)
}

/** Keeps the brightness, loses the hue. */
export function grey(colour: Colour): Colour {
  const value = brightness(colour)
  return hex([value, value, value])
}

/** 0 (black) to 1 (white), as the eye weighs it. */
export function brightness(colour: Colour): number {
  const [red, green, blue] = channels(colour)
  return 0.299 * red + 0.587 * green + 0.114 * blue
}

/** More (above 1) or less (below 1) colour, at the same brightness. */
export function saturate(colour: Colour, factor: number): Colour {
  const value = brightness(colour)
  const [red, green, blue] = channels(colour)
  const scale = (channel: number): number => value + (channel - value) * factor
  return hex([scale(red), scale(green), scale(blue)])
}

export function fromRgb(values: readonly number[]): Colour {
  return hex([(values[0] ?? 0) / 255, (values[1] ?? 0) / 255, (values[2] ?? 0) / 255])
}

function channels(colour: Colour): Rgb {
  const value = Number.parseInt(colour.slice(1, 7), 16)
  return [((value >> 16) & 255) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255]
}

function hex(rgb: Rgb): Colour {
  return `#${rgb.map(byte).join('')}`
}

function byte(channel: number): string {
  return Math.round(Math.min(1, Math.max(0, channel)) * 255)
    .toString(16)
    .padStart(2, '0')
}
