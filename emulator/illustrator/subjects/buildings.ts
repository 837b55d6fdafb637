import { darker, lighter } from '../colour.ts'
import type { Subject } from './subject.ts'

const LAMPLIGHT = '#ffcf6e'

const house: Subject = {
  words: [
    'house',
    'cottage',
    'cabin',
    'home',
    'hut',
    'barn',
    'farmhouse',
    'bakery',
    'shop',
    'inn',
    'church',
    'temple',
    'tavern',
    'mill',
  ],
  habitat: 'land',
  home: 'meadow',
  width: 104,
  height: 84,
  size: 0.4,
  draw(canvas, tones) {
    const wall = tones.main('#efe0c4')
    const roof = tones.season === 'winter' ? '#f4f8fb' : '#a8503a'
    const glass = tones.isDark ? LAMPLIGHT : '#7fa3b5'
    canvas.ellipse(0, 1, 54, 3.5, '#0d0b1a', { opacity: 0.2 })
    canvas.rect(20, -82, 11, 24, '#8a5a48')
    canvas.rect(18.5, -84, 14, 4, '#6d4538')
    for (const [x, y, r] of [
      [27, -92, 4],
      [32, -101, 6],
      [40, -112, 8],
    ] as const)
      canvas.circle(x, y, r, '#f4f0ea', { opacity: 0.5 })
    canvas.rect(-40, -42, 80, 42, wall)
    canvas.rect(14, -42, 26, 42, darker(wall, 0.35), { opacity: 0.25 })
    canvas.polygon(
      [
        [-50, -40],
        [-26, -74],
        [34, -74],
        [50, -40],
      ],
      roof,
    )
    canvas.polygon(
      [
        [14, -74],
        [34, -74],
        [50, -40],
        [22, -40],
      ],
      darker(roof, 0.3),
      { opacity: 0.45 },
    )
    for (const y of [-66, -58, -50])
      canvas.stroke(
        `M${-50 + (40 + y) * -0.7 + 2} ${y}H${34 + (74 + y) * 0.47 - 2}`,
        darker(roof, 0.3),
        0.7,
        { opacity: 0.4 },
      )
    canvas.rect(-7, -28, 15, 28, '#6b4334', { round: 2 })
    canvas.circle(5, -13, 1.2, '#e3b04b')
    for (const x of [-32, 18]) {
      canvas.rect(x - 1.6, -33.6, 17.2, 17.2, '#fbf4e4', { round: 1 })
      canvas.rect(x, -32, 14, 14, glass, { lit: tones.isDark })
      canvas.rect(x + 6.4, -32, 1.2, 14, '#fbf4e4')
      canvas.rect(x, -25.6, 14, 1.2, '#fbf4e4')
      canvas.rect(x - 2.5, -16.5, 19, 3.5, '#7a5a48', { round: 1 })
      for (const dx of [1, 5, 9, 13]) canvas.circle(x + dx, -18, 2, dx % 4 === 1 ? '#e2849a' : '#6f9a58')
      if (tones.isDark) canvas.glow(x + 7, -25, 24, LAMPLIGHT, 0.5)
    }
    canvas.circle(2, -56, 4.6, '#fbf4e4')
    canvas.circle(2, -56, 3.4, glass, { lit: tones.isDark })
    for (const [x, r] of [
      [-44, 7],
      [-36, 5],
      [44, 6.5],
    ] as const)
      canvas.circle(x, -4, r, '#5d8450')
  },
}

const castle: Subject = {
  words: ['castle', 'fortress', 'palace', 'tower', 'citadel'],
  habitat: 'land',
  home: 'mountains',
  width: 120,
  height: 108,
  size: 0.52,
  draw(canvas, tones) {
    const stone = tones.main('#b9ab9c')
    const roof = '#4a5f8f'
    const glass = tones.isDark ? LAMPLIGHT : '#4a4f63'
    const tower = (x: number, half: number, top: number, roofHeight: number): void => {
      canvas.rect(x - half, top, half * 2, -top, stone)
      canvas.rect(x + half * 0.3, top, half * 0.7, -top, darker(stone, 0.4), { opacity: 0.35 })
      canvas.rect(x - half - 2, top - 4, half * 2 + 4, 6, lighter(stone, 0.15))
      canvas.polygon(
        [
          [x - half - 3, top - 3],
          [x, top - roofHeight],
          [x + half + 3, top - 3],
        ],
        roof,
      )
      canvas.polygon(
        [
          [x, top - roofHeight],
          [x + half + 3, top - 3],
          [x + half * 0.2, top - 3],
        ],
        darker(roof, 0.35),
      )
      canvas.rect(x - 0.4, top - roofHeight - 8, 0.8, 9, '#4a3d3a')
      canvas.path(`M${x + 0.4} ${top - roofHeight - 8}l8 2.500l-8 2.500Z`, '#d9503c')
      canvas.rect(x - 1.8, top + 8, 3.6, 8, glass, { round: 1.8, lit: tones.isDark })
      if (tones.isDark) canvas.glow(x, top + 12, 14, LAMPLIGHT, 0.45)
    }
    canvas.ellipse(0, 1, 62, 4, '#0d0b1a', { opacity: 0.2 })
    tower(-16, 9, -66, 26)
    tower(18, 10, -76, 32)
    canvas.rect(-50, -40, 100, 40, lighter(stone, 0.08))
    for (let x = -50; x < 50; x += 10) canvas.rect(x, -45, 6, 6, lighter(stone, 0.08))
    tower(-50, 10, -52, 24)
    tower(50, 10, -52, 24)
    for (const [x, y] of [
      [-34, -30],
      [-28, -14],
      [30, -26],
      [24, -10],
      [-22, -24],
      [36, -14],
    ] as const)
      canvas.rect(x, y, 7, 3, darker(stone, 0.25), { round: 0.8, opacity: 0.4 })
    canvas.path('M-11 0V-16C-11 -30 11 -30 11 -16V0Z', '#4b3630')
    canvas.path('M-8 0V-16C-8 -26 8 -26 8 -16V0Z', tones.isDark ? '#8a5a2c' : '#2c2226')
    for (const x of [-4, 0, 4]) canvas.rect(x - 0.4, -24, 0.8, 24, '#1c161a')
    if (tones.isDark) canvas.glow(0, -10, 22, LAMPLIGHT, 0.4)
  },
}

const bridge: Subject = {
  words: ['bridge', 'viaduct', 'aqueduct'],
  habitat: 'water',
  home: 'sea',
  width: 230,
  height: 88,
  size: 0.46,
  draw(canvas, tones) {
    const steel = tones.main('#c8523c')
    for (const x of [-62, 62]) {
      canvas.rect(x - 9, -4, 18, 10, '#7d8088')
      canvas.rect(x - 6, -88, 4.5, 90, steel)
      canvas.rect(x + 1.5, -88, 4.5, 90, darker(steel, 0.25))
      for (const y of [-84, -66, -50, -18]) canvas.rect(x - 6, y, 12, 4, darker(steel, 0.12))
      if (tones.isDark) {
        canvas.circle(x, -90, 1.8, '#ffefc2', { lit: true })
        canvas.glow(x, -90, 12, '#ffefc2', 0.7)
      }
    }
    canvas.stroke('M-170 -36L-62 -86', steel, 1.8)
    canvas.stroke('M170 -36L62 -86', steel, 1.8)
    canvas.stroke('M-62 -86Q0 6 62 -86', steel, 1.8)
    for (let x = -156; x <= 156; x += 9) {
      if (Math.abs(Math.abs(x) - 62) > 5) canvas.stroke(`M${x} ${cable(x)}V-33`, darker(steel, 0.1), 0.6)
    }
    canvas.rect(-240, -35, 480, 5.5, darker(steel, 0.18))
    canvas.rect(-240, -36.5, 480, 1.8, lighter(steel, 0.2))
    for (let x = -228; tones.isDark && x <= 228; x += 19) canvas.circle(x, -38, 0.9, '#ffefc2', { lit: true })
  },
}

/** How high the cables hang at `x`: a sagging curve between the towers, straight outside. */
function cable(x: number): number {
  return Math.abs(x) <= 62 ? -40 - 46 * (x / 62) ** 2 : -86 + ((Math.abs(x) - 62) / 108) * 50
}

const windmill: Subject = {
  words: ['windmill', 'turbine'],
  habitat: 'land',
  home: 'meadow',
  width: 84,
  height: 106,
  size: 0.52,
  draw(canvas, tones) {
    const wall = tones.main('#efe6d3')
    canvas.ellipse(0, 1, 26, 3, '#0d0b1a', { opacity: 0.2 })
    canvas.polygon(
      [
        [-20, 0],
        [-12, -66],
        [12, -66],
        [20, 0],
      ],
      wall,
    )
    canvas.polygon(
      [
        [5, 0],
        [3, -66],
        [12, -66],
        [20, 0],
      ],
      darker(wall, 0.35),
      { opacity: 0.35 },
    )
    canvas.path('M-15 -64C-14 -80 14 -80 15 -64Z', '#9a4f3a')
    canvas.rect(-24, -24, 48, 3, '#7a5a48')
    canvas.rect(-6, -18, 12, 18, '#6b4334', { round: 2 })
    for (const y of [-52, -36])
      canvas.rect(-3.5, y, 7, 8, tones.isDark ? LAMPLIGHT : '#6f8ba0', { round: 1, lit: tones.isDark })
    for (const turn of [18, 108, 198, 288]) {
      canvas.group({ x: 0, y: -68, turn }, () => {
        canvas.rect(-0.9, -46, 1.8, 46, '#6a4b3a')
        canvas.rect(0.9, -45, 8.5, 34, '#fbf6ea', { opacity: 0.92 })
        for (const y of [-38, -31, -24, -17]) canvas.rect(0.9, y, 8.5, 0.7, '#a58a6c')
      })
    }
    canvas.circle(0, -68, 3, '#4b372d')
  },
}

const tent: Subject = {
  words: ['tent', 'camp', 'camping', 'campfire', 'campsite', 'bonfire'],
  habitat: 'land',
  home: 'mountains',
  width: 110,
  height: 52,
  size: 0.28,
  draw(canvas, tones) {
    const cloth = tones.main('#e0903f')
    canvas.ellipse(0, 1, 56, 3.5, '#0d0b1a', { opacity: 0.22 })
    canvas.polygon(
      [
        [-50, 0],
        [-12, -50],
        [24, -44],
        [38, 0],
      ],
      cloth,
    )
    canvas.polygon(
      [
        [-12, -50],
        [24, -44],
        [38, 0],
        [4, 0],
      ],
      darker(cloth, 0.3),
    )
    canvas.polygon(
      [
        [-34, 0],
        [-13, -40],
        [-6, 0],
      ],
      tones.isDark ? '#ffdf94' : '#5b3a2e',
      { lit: tones.isDark },
    )
    if (tones.isDark) canvas.glow(-16, -16, 34, '#ffcf7a', 0.6)
    canvas.stroke('M-12 -50L-62 0M24 -44L56 0', '#f4ead6', 0.7)
    canvas.stroke('M50 0L66 -5M50 -5L66 0', '#5b4335', 4)
    canvas.glow(58, -9, 26, '#ff9f45', 0.8)
    canvas.path('M50 -4C48 -14 56 -16 56 -26C64 -20 70 -12 66 -4Z', '#f2803a', { lit: true })
    canvas.path('M54 -4C53 -10 58 -11 58 -17C63 -12 64 -8 62 -4Z', '#ffe08a', { lit: true })
  },
}

export const buildings: readonly Subject[] = [windmill, castle, bridge, tent, house]
