import type { Canvas } from '../canvas.ts'
import type { Colour } from '../colour.ts'
import { darker, lighter } from '../colour.ts'
import type { Subject, Tones } from './subject.ts'

const INK = '#2b2633'

interface Kind {
  readonly words: readonly string[]
  readonly home: Subject['home']
  readonly coat: Colour
  readonly belly: Colour
  readonly ears: 'pointed' | 'round' | 'long' | 'floppy'
  readonly tail: 'curl' | 'bush' | 'none'
  /** A snout in the belly's colour. */
  readonly mask?: boolean
  /** Dark rings about the eyes, and dark limbs. */
  readonly panda?: boolean
  readonly mane?: Colour
  readonly stripes?: boolean
  readonly whiskers?: boolean
  readonly size?: number
}

/** Furry ones that sit and look at you. */
const KINDS: readonly Kind[] = [
  {
    words: ['fox', 'vixen'],
    home: 'forest',
    coat: '#d9692c',
    belly: '#fbeedd',
    ears: 'pointed',
    tail: 'bush',
    mask: true,
  },
  {
    words: ['red panda', 'raccoon'],
    home: 'forest',
    coat: '#b5502c',
    belly: '#fbeedd',
    ears: 'round',
    tail: 'bush',
    mask: true,
  },
  {
    words: ['panda'],
    home: 'forest',
    coat: '#f7f3ea',
    belly: '#f7f3ea',
    ears: 'round',
    tail: 'none',
    panda: true,
    size: 0.46,
  },
  {
    words: ['wolf', 'husky', 'coyote'],
    home: 'forest',
    coat: '#7c8796',
    belly: '#eef0f0',
    ears: 'pointed',
    tail: 'bush',
    mask: true,
  },
  {
    words: ['tiger'],
    home: 'forest',
    coat: '#e08a34',
    belly: '#fbf0dc',
    ears: 'round',
    tail: 'curl',
    mask: true,
    stripes: true,
    size: 0.46,
  },
  {
    words: ['lion'],
    home: 'desert',
    coat: '#d9a255',
    belly: '#f3dcae',
    ears: 'round',
    tail: 'curl',
    mane: '#9a5b2c',
    size: 0.48,
  },
  {
    words: ['cat', 'kitten', 'kitty'],
    home: 'room',
    coat: '#e3a04f',
    belly: '#fdf3e1',
    ears: 'pointed',
    tail: 'curl',
    whiskers: true,
    stripes: true,
  },
  {
    words: ['dog', 'puppy', 'corgi', 'retriever', 'hound'],
    home: 'meadow',
    coat: '#b98350',
    belly: '#f8ead3',
    ears: 'floppy',
    tail: 'curl',
    mask: true,
  },
  {
    words: ['rabbit', 'bunny', 'hare'],
    home: 'meadow',
    coat: '#b7a08d',
    belly: '#f7efe4',
    ears: 'long',
    tail: 'none',
    whiskers: true,
    size: 0.36,
  },
  {
    words: ['bear', 'teddy'],
    home: 'forest',
    coat: '#8a5a3c',
    belly: '#d9b48a',
    ears: 'round',
    tail: 'none',
    size: 0.48,
  },
  {
    words: ['mouse', 'hamster', 'squirrel'],
    home: 'meadow',
    coat: '#a8927f',
    belly: '#f3e6d8',
    ears: 'round',
    tail: 'curl',
    whiskers: true,
    size: 0.28,
  },
]

export const sitting: readonly Subject[] = KINDS.map((kind) => ({
  words: kind.words,
  habitat: 'land',
  home: kind.home,
  width: 76,
  height: 100,
  size: kind.size ?? 0.42,
  draw: (canvas, tones) => draw(canvas, tones, kind),
}))

function draw(canvas: Canvas, tones: Tones, kind: Kind): void {
  const coat = tones.main(kind.coat)
  const limbs = kind.panda === true ? INK : coat
  canvas.ellipse(4, 0, 38, 4.5, '#141026', { opacity: 0.22 })
  drawTail(canvas, kind, coat)
  // Body, haunches, chest, paws.
  canvas.path('M-25 0C-31 -22 -22 -50 0 -52C22 -50 31 -22 25 0Z', coat)
  canvas.path('M8 -50C24 -46 31 -22 25 0L12 0C20 -16 18 -38 8 -50Z', darker(coat, 0.3), { opacity: 0.4 })
  canvas.path('M-12 -44C-16 -26 -12 -10 0 -8C12 -10 16 -26 12 -44Z', kind.belly)
  for (const side of [-1, 1]) {
    canvas.ellipse(side * 21, -9, 11, 10.5, limbs)
    canvas.path(
      `M${side * 12} -34C${side * 14} -20 ${side * 12} -8 ${side * 12} -3L${side * 3} -3C${side * 2} -14 ${side * 3} -26 ${side * 4} -34Z`,
      limbs,
    )
    canvas.ellipse(side * 7.6, -3.2, 6.4, 4, kind.panda === true ? lighter(INK, 0.08) : lighter(coat, 0.14))
    canvas.ellipse(side * 22, -3, 8, 3.8, kind.panda === true ? lighter(INK, 0.08) : lighter(coat, 0.1))
  }
  if (kind.stripes === true) {
    for (const side of [-1, 1]) {
      for (const y of [-38, -30, -22])
        canvas.path(
          `M${side * 25} ${y + 3}Q${side * 19} ${y + 1} ${side * 16} ${y + 3}Q${side * 20} ${y + 4} ${side * 26} ${y + 6}Z`,
          darker(coat, 0.45),
        )
    }
  }
  drawHead(canvas, kind, coat)
}

function drawTail(canvas: Canvas, kind: Kind, coat: Colour): void {
  if (kind.tail === 'curl') canvas.stroke('M20 -6C40 -4 44 -20 36 -32C33 -37 38 -42 42 -39', coat, 6.4)
  if (kind.tail !== 'bush') return
  canvas.path('M14 -4C34 6 52 -10 46 -36C43 -48 36 -54 34 -52C34 -40 28 -24 14 -16Z', coat)
  canvas.path('M46 -36C43 -48 36 -54 34 -52C33.8 -46 32.6 -40 30.5 -34.5C36 -38 41 -35 46.4 -32Z', kind.belly)
  canvas.path('M20 -3C36 2 50 -12 46 -34C44 -20 34 -8 20 -3Z', darker(coat, 0.3), { opacity: 0.4 })
}

function drawHead(canvas: Canvas, kind: Kind, coat: Colour): void {
  if (kind.mane !== undefined) {
    canvas.circle(0, -67, 33, kind.mane)
    canvas.circle(0, -67, 29, lighter(kind.mane, 0.12))
  }
  drawEars(canvas, kind, coat)
  canvas.path(
    'M-24 -68C-24 -84 -13 -91 0 -91C13 -91 24 -84 24 -68C24 -56 12 -46 0 -44C-12 -46 -24 -56 -24 -68Z',
    coat,
  )
  canvas.path('M6 -90.5C17 -89 24 -82 24 -68C24 -56 12 -46 0 -44C14 -52 18 -72 6 -90.5Z', darker(coat, 0.3), {
    opacity: 0.28,
  })
  if (kind.mask === true) {
    canvas.path(
      'M-23.6 -64C-16 -66 -8 -68 0 -60C8 -68 16 -66 23.6 -64C22 -54 11 -46 0 -44C-11 -46 -22 -54 -23.6 -64Z',
      kind.belly,
    )
  } else {
    canvas.ellipse(0, -54, 10, 7.4, kind.belly)
  }
  if (kind.stripes === true) {
    for (const x of [-6, 0, 6])
      canvas.path(`M${x - 1.5} -90Q${x} -82 ${x} -80Q${x + 0.6} -82 ${x + 1.5} -90Z`, darker(coat, 0.45))
  }
  for (const side of [-1, 1]) {
    if (kind.panda === true) canvas.ellipse(side * 10, -68, 6.4, 7.6, INK, { turn: side * 20 })
    canvas.ellipse(side * 10, -68, 3.1, 3.9, kind.panda === true ? '#0d0b12' : INK)
    canvas.circle(side * 10 + 1.1, -69.5, 1.15, '#ffffff', { lit: true })
    canvas.ellipse(side * 15, -60, 3.4, 2, '#e8735f', { opacity: 0.28 })
    if (kind.whiskers === true) {
      canvas.stroke(`M${side * 9} -55L${side * 26} -58`, lighter(kind.belly, 0.5), 0.6, { opacity: 0.85 })
      canvas.stroke(`M${side * 9} -53L${side * 25} -51`, lighter(kind.belly, 0.5), 0.6, { opacity: 0.85 })
    }
  }
  canvas.path(
    'M-3.6 -58.5Q0 -60.4 3.6 -58.5Q2.4 -54.6 0 -54Q-2.4 -54.6 -3.6 -58.5Z',
    kind.whiskers === true ? '#d9788a' : INK,
  )
  canvas.stroke('M0 -54V-51.4M-4.4 -51.4Q-2.2 -49.4 0 -51.4Q2.2 -49.4 4.4 -51.4', INK, 0.9)
}

function drawEars(canvas: Canvas, kind: Kind, coat: Colour): void {
  const inner = kind.mask === true ? INK : '#e9a4a0'
  for (const side of [-1, 1]) {
    if (kind.ears === 'pointed') {
      canvas.path(
        `M${side * 23} -72Q${side * 25} -92 ${side * 20} -101Q${side * 9} -95 ${side * 4} -86Z`,
        coat,
      )
      canvas.path(
        `M${side * 20} -78Q${side * 21} -90 ${side * 18.6} -95.6Q${side * 12} -91 ${side * 9} -86Z`,
        inner,
      )
    } else if (kind.ears === 'round') {
      canvas.circle(side * 18, -86, 9, kind.panda === true ? INK : coat)
      canvas.circle(side * 18, -86, 5, kind.panda === true ? lighter(INK, 0.1) : darker(coat, 0.35))
    } else if (kind.ears === 'long') {
      canvas.ellipse(side * 9, -104, 6.2, 21, coat, { turn: side * 9 })
      canvas.ellipse(side * 9, -103, 3.2, 16, '#e9b4ad', { turn: side * 9 })
    } else {
      canvas.path(
        `M${side * 14} -88C${side * 28} -92 ${side * 33} -74 ${side * 28} -58C${side * 22} -56 ${side * 19} -66 ${side * 19} -76Z`,
        darker(coat, 0.35),
      )
    }
  }
}
