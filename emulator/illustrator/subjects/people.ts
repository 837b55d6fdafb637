import type { Canvas } from '../canvas.ts'
import { darker, lighter } from '../colour.ts'
import type { Subject } from './subject.ts'

const INK = '#2a2735'

const robot: Subject = {
  words: ['robot', 'android', 'droid', 'cyborg', 'automaton', 'mech'],
  habitat: 'land',
  home: 'city',
  width: 78,
  height: 104,
  size: 0.52,
  draw(canvas, tones) {
    const shell = tones.main('#dfe6ea')
    const joint = '#55617a'
    const eye = '#58e0e6'
    canvas.ellipse(2, 0, 32, 4, '#0d0b1a', { opacity: 0.28 })
    for (const side of [-1, 1]) {
      canvas.rect(side * 11 - 4, -22, 8, 17, joint, { round: 2 })
      canvas.path(
        `M${side * 11 - 9} 0V-4C${side * 11 - 9} -9 ${side * 11 + 9} -9 ${side * 11 + 9} -4V0Z`,
        shell,
      )
    }
    // The arm that hangs, the arm that holds out whatever stands beside.
    canvas.stroke('M26 -50C36 -46 37 -34 33 -24', joint, 6)
    canvas.circle(33, -22, 5.6, shell)
    canvas.stroke('M-26 -50C-37 -46 -40 -38 -38 -32', joint, 6)
    canvas.circle(-38, -30, 5.6, shell)
    canvas.rect(-25, -58, 50, 38, shell, { round: 11 })
    canvas.path(
      'M8 -58H14C20 -58 25 -53 25 -47V-31C25 -25 20 -20 14 -20H4C14 -28 16 -46 8 -58Z',
      darker(shell, 0.35),
      { opacity: 0.35 },
    )
    canvas.rect(-14, -49, 28, 18, darker(shell, 0.3), { round: 4 })
    canvas.circle(-6, -40, 3.6, '#f08066', { lit: true })
    for (const y of [-44.5, -40, -35.5]) canvas.rect(1, y - 0.8, 9, 1.7, eye, { round: 0.8, lit: true })
    canvas.rect(-7, -64, 14, 8, joint, { round: 2 })
    canvas.rect(-28, -98, 56, 37, shell, { round: 15 })
    canvas.path(
      'M10 -98H13C21.500 -98 28 -91.500 28 -83V-76C28 -67.500 21.500 -61 13 -61H4C18 -70 20 -88 10 -98Z',
      darker(shell, 0.35),
      { opacity: 0.3 },
    )
    canvas.rect(-22, -91, 44, 23, '#1e2a44', { round: 10 })
    for (const side of [-1, 1]) {
      canvas.glow(side * 10, -80, 9, eye, 0.6)
      canvas.ellipse(side * 10, -80, 4, 5, eye, { lit: true })
      canvas.circle(side * 10 + 1.2, -81.8, 1.2, '#ffffff', { lit: true })
      canvas.rect(side * 30 - 3, -86, 6, 13, joint, { round: 3 })
    }
    canvas.stroke('M-4 -73Q0 -70.500 4 -73', eye, 1.5, { lit: true })
    canvas.rect(-1, -106, 2, 9, joint)
    canvas.circle(0, -107, 3.4, '#f08066', { lit: true })
  },
}

const astronaut: Subject = {
  words: ['astronaut', 'cosmonaut', 'spaceman'],
  habitat: 'air',
  home: 'space',
  width: 84,
  height: 100,
  size: 0.52,
  draw(canvas, tones) {
    const suit = tones.main('#eef1f4')
    const grey = '#8d98ab'
    canvas.group({ x: 0, y: 0, turn: -9 }, () => {
      canvas.rect(-27, -64, 54, 40, grey, { round: 9 })
      canvas.stroke('M-22 -52C-38 -56 -42 -66 -38 -76', suit, 13)
      canvas.stroke('M22 -52C36 -46 40 -36 36 -26', suit, 13)
      canvas.stroke('M-10 -26C-12 -14 -16 -8 -14 0', suit, 14)
      canvas.stroke('M10 -26C14 -16 12 -8 18 0', suit, 14)
      for (const [x, y] of [
        [-38, -79],
        [36, -22],
      ] as const)
        canvas.circle(x, y, 7, '#e07a4b')
      for (const [x, y] of [
        [-14, 2],
        [18, 2],
      ] as const)
        canvas.ellipse(x, y, 10, 6, grey)
      canvas.rect(-23, -62, 46, 40, suit, { round: 13 })
      canvas.path(
        'M10 -62C18 -62 23 -56 23 -49V-35C23 -28 18 -22 10 -22C16 -34 16 -50 10 -62Z',
        darker(suit, 0.35),
        { opacity: 0.4 },
      )
      canvas.rect(-11, -47, 22, 13, grey, { round: 3 })
      for (const [x, colour] of [
        [-6, '#e8604c'],
        [0, '#f0c244'],
        [6, '#58b7c9'],
      ] as const)
        canvas.circle(x, -40.5, 2, colour, { lit: true })
      canvas.circle(0, -78, 25, suit)
      canvas.path(
        'M6 -102.500C18 -100 25 -90 25 -78C25 -64 14 -53 0 -53C16 -62 18 -88 6 -102.500Z',
        darker(suit, 0.35),
        { opacity: 0.35 },
      )
      canvas.ellipse(
        -1,
        -77,
        18.5,
        15.5,
        canvas.linear(
          [
            [0, '#4a4e8f'],
            [0.55, '#1e2450'],
            [1, '#e08a5b'],
          ],
          65,
        ),
        { lit: true },
      )
      canvas.path('M-14 -84C-10 -90 -4 -91 2 -90C-5 -88 -9 -84 -12 -78Z', '#ffffff', { opacity: 0.75 })
    })
  },
}

const PEOPLE = [
  'person',
  'man',
  'woman',
  'girl',
  'boy',
  'child',
  'kid',
  'hiker',
  'traveler',
  'traveller',
  'wizard',
  'witch',
  'knight',
  'artist',
  'farmer',
  'people',
  'explorer',
  'monk',
  'friend',
  'sailor',
  'fisherman',
  'reader',
  'samurai',
]

const person: Subject = {
  words: PEOPLE,
  habitat: 'land',
  home: 'meadow',
  width: 44,
  height: 100,
  size: 0.42,
  draw(canvas, tones) {
    const coat = tones.main('#d9593f')
    const skin = tones.random.pick(['#f0c5a0', '#c98d63', '#8a5a3f', '#e3ae84'])
    const hair = tones.random.pick(['#3a2a26', '#5a3a28', '#22202c', '#a8683a'])
    canvas.ellipse(2, 0, 20, 3, '#0d0b1a', { opacity: 0.24 })
    for (const side of [-1, 1]) {
      canvas.rect(side * 6 - 4, -32, 8, 30, '#37415c', { round: 3 })
      canvas.path(`M${side * 6 - 5} 0V-3Q${side * 6} -7 ${side * 6 + 6} -2V0Z`, '#5b3a2e')
      canvas.stroke(
        `M${side * 12} -62C${side * 19} -54 ${side * 19} -46 ${side * 17} -37`,
        darker(coat, 0.16),
        7,
      )
      canvas.circle(side * 17, -34, 3.6, skin)
    }
    canvas.path('M-14 -62C-13 -70 13 -70 14 -62L18 -26Q0 -20 -18 -26Z', coat)
    canvas.path('M5 -67.500C10 -67 13.500 -65 14 -62L18 -26Q13 -24.500 8 -23.800Z', darker(coat, 0.35), {
      opacity: 0.4,
    })
    canvas.rect(-4, -72, 8, 8, darker(skin, 0.15))
    canvas.circle(0, -82, 12, skin)
    canvas.path('M-13 -80C-15 -98 15 -100 13.500 -80C11 -88 4 -90 -3 -89C-8 -88 -11 -86 -13 -80Z', hair)
    canvas.path(
      'M-12 -68C-6 -63 6 -63 12 -68C13 -64 12 -61 9 -60C3 -58 -3 -58 -9 -60C-12 -61 -13 -64 -12 -68Z',
      lighter(coat, 0.5),
    )
    drawFace(canvas)
  },
}

const snowman: Subject = {
  words: ['snowman'],
  habitat: 'land',
  home: 'forest',
  width: 60,
  height: 104,
  size: 0.44,
  draw(canvas, tones) {
    const scarf = tones.main('#c8402f')
    canvas.ellipse(2, 0, 30, 4, '#22304f', { opacity: 0.25 })
    canvas.stroke('M-18 -50L-40 -64M-34 -60l-8 1M18 -50L40 -66M34 -61l2 -9', '#5b4335', 2.2)
    for (const [y, r] of [
      [-24, 27],
      [-58, 19],
    ] as const) {
      canvas.circle(0, y, r, '#f6f9fb')
      canvas.path(
        `M${r * 0.3} ${y - r * 0.95}A${r} ${r} 0 0 1 ${r * 0.1} ${y + r * 0.99}A${r * 1.2} ${r * 1.2} 0 0 0 ${r * 0.3} ${y - r * 0.95}Z`,
        '#9db4cc',
        { opacity: 0.5 },
      )
    }
    canvas.circle(0, -83, 14, '#f9fbfc')
    for (const y of [-62, -53, -32]) canvas.circle(0, y, 2, INK)
    canvas.path('M-15 -74Q0 -66 15 -74L15 -68Q0 -60 -15 -68Z', scarf)
    canvas.path('M7 -68L15 -70L17 -50L10 -48Z', darker(scarf, 0.18))
    drawFace(canvas)
    canvas.polygon(
      [
        [0, -83],
        [16, -79],
        [0, -79.5],
      ],
      '#ee8a3a',
    )
    canvas.rect(-18, -97, 36, 4, INK, { round: 2 })
    canvas.rect(-11, -114, 22, 18, INK, { round: 2 })
    canvas.rect(-11, -101, 22, 4, scarf)
  },
}

function drawFace(canvas: Canvas): void {
  for (const side of [-1, 1]) {
    canvas.circle(side * 4.4, -83, 1.5, INK)
    canvas.ellipse(side * 7, -78.5, 2.2, 1.3, '#e8735f', { opacity: 0.35 })
  }
  canvas.stroke('M-2.600 -77.600Q0 -75.600 2.600 -77.600', INK, 1)
}

export const people: readonly Subject[] = [robot, astronaut, snowman, person]
