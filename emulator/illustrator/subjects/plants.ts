import { darker, lighter } from '../colour.ts'
import type { Subject } from './subject.ts'

const FLOWERS = [
  'flower',
  'rose',
  'tulip',
  'daisy',
  'bouquet',
  'vase',
  'peony',
  'poppy',
  'sunflower',
  'orchid',
  'lily',
  'bloom',
]

const bouquet: Subject = {
  words: FLOWERS,
  habitat: 'table',
  home: 'room',
  width: 76,
  height: 106,
  size: 0.56,
  draw(canvas, tones) {
    const petal = tones.main('#e0708a')
    const leaf = '#5d8f5a'
    const heads = [
      [-26, -82, 11],
      [-9, -98, 12],
      [12, -92, 13],
      [28, -78, 10],
      [-1, -74, 14],
      [-17, -66, 9],
      [19, -65, 9],
    ] as const
    canvas.ellipse(4, 0, 26, 3.5, '#1d1422', { opacity: 0.25 })
    for (const [x, y] of heads)
      canvas.stroke(
        `M${x * 0.15} ${tones.isIndoors ? -36 : 0}Q${x * 0.4} ${y * 0.66} ${x} ${y}`,
        darker(leaf, 0.15),
        1.8,
      )
    for (const [x, y, turn] of [
      [-30, -58, -50],
      [30, -56, 48],
      [-14, -50, -30],
      [15, -50, 30],
      [-36, -72, -60],
      [38, -68, 62],
    ] as const) {
      canvas.ellipse(x, y, 5, 13, x < 0 ? leaf : darker(leaf, 0.2), { turn })
    }
    for (const [index, [x, y, r]] of heads.entries()) {
      const colour =
        [petal, lighter(petal, 0.45), '#f4b95c', lighter(petal, 0.2), petal, '#f7efe2', '#f4b95c'][index] ??
        petal
      for (let at = 0; at < 6; at += 1) {
        const angle = (at / 6) * Math.PI * 2 + index
        canvas.circle(
          x + Math.cos(angle) * r * 0.56,
          y + Math.sin(angle) * r * 0.56,
          r * 0.52,
          at % 2 === 0 ? colour : darker(colour, 0.1),
        )
      }
      canvas.circle(x, y, r * 0.36, index % 3 === 2 ? '#7a4a2c' : '#f6d27a')
    }
    if (!tones.isIndoors) {
      for (const [x, turn] of [
        [-9, -22],
        [8, 20],
        [0, 4],
      ] as const)
        canvas.ellipse(x, -18, 4, 19, darker(leaf, 0.2), { turn })
      return
    }
    const glaze = '#5b8a99'
    canvas.path(
      'M-15 -42C-13 -32 -22 -26 -22 -14C-22 -4 -14 0 0 0C14 0 22 -4 22 -14C22 -26 13 -32 15 -42Z',
      glaze,
    )
    canvas.path('M6 -42H15C13 -32 22 -26 22 -14C22 -4 14 0 4 0C16 -8 12 -28 6 -42Z', darker(glaze, 0.35), {
      opacity: 0.5,
    })
    canvas.path('M-14 -24C-18 -20 -19 -14 -17 -9C-16 -15 -14 -20 -11 -25Z', '#ffffff', { opacity: 0.5 })
    canvas.rect(-17, -44, 34, 4, lighter(glaze, 0.15), { round: 2 })
  },
}

const tree: Subject = {
  words: ['tree', 'oak', 'maple', 'willow', 'birch', 'elm', 'bonsai', 'cherry'],
  habitat: 'land',
  home: 'meadow',
  width: 92,
  height: 104,
  size: 0.58,
  draw(canvas, tones) {
    const leaf = tones.main(
      { spring: '#e8a5b6', summer: '#5d964f', autumn: '#d2702c', winter: '#e6eef3' }[tones.season],
    )
    canvas.ellipse(0, 1, 40, 4, '#0d0b1a', { opacity: 0.22 })
    canvas.path('M-9 1C-5 -12 -6 -28 -8 -42L8 -42C6 -28 6 -12 12 1Z', '#6a4b3a')
    canvas.stroke('M-2 -34C-10 -46 -18 -50 -24 -56M3 -36C10 -46 16 -50 24 -58', '#6a4b3a', 4)
    for (const [x, y, r, shade] of [
      [28, -56, 19, 0.34],
      [-28, -56, 18, 0.26],
      [8, -60, 24, 0.18],
      [-12, -70, 24, 0.04],
      [18, -78, 21, 0.08],
      [-2, -86, 19, -0.1],
      [-22, -76, 15, -0.08],
    ] as const) {
      canvas.circle(x, y, r, shade > 0 ? darker(leaf, shade) : lighter(leaf, -shade))
    }
    for (const [x, y] of [
      [-20, -84],
      [-6, -94],
      [8, -88],
      [-30, -66],
      [20, -84],
      [-10, -74],
    ] as const)
      canvas.ellipse(x, y, 4.5, 2.2, lighter(leaf, 0.3), { opacity: 0.7, turn: -20 })
  },
}

const palm: Subject = {
  words: ['palm', 'coconut'],
  habitat: 'land',
  home: 'sea',
  width: 80,
  height: 106,
  size: 0.56,
  draw(canvas, tones) {
    const leaf = tones.main('#3f8a5c')
    canvas.path('M-6 0C-4 -30 2 -54 12 -78L18 -76C10 -54 6 -28 6 0Z', '#9a6f4a')
    for (const y of [-12, -24, -36, -48, -60])
      canvas.stroke(`M${-5 - y * 0.13} ${y}Q${-y * 0.15} ${y + 3} ${6 - y * 0.15} ${y}`, '#6a4b3a', 1)
    for (const [x, y, bend] of [
      [-34, -66, -20],
      [-30, -94, -26],
      [4, -108, -18],
      [44, -98, -22],
      [50, -68, -16],
      [26, -54, -4],
    ] as const) {
      canvas.path(
        `M15 -77Q${(15 + x) / 2} ${(-77 + y) / 2 + bend} ${x} ${y}Q${(15 + x) / 2 + 3} ${(-77 + y) / 2 + bend * 0.2 + 4} 15 -77Z`,
        y < -90 ? lighter(leaf, 0.1) : darker(leaf, 0.15),
      )
    }
    for (const [x, y] of [
      [11, -73],
      [19, -72],
      [15, -69],
    ] as const)
      canvas.circle(x, y, 4, '#6b4334')
  },
}

const cactus: Subject = {
  words: ['cactus', 'succulent'],
  habitat: 'table',
  home: 'desert',
  width: 60,
  height: 100,
  size: 0.48,
  draw(canvas, tones) {
    const green = tones.main('#4c8a5e')
    canvas.ellipse(2, 0, 28, 3, '#0d0b1a', { opacity: 0.22 })
    canvas.stroke('M-10 -38H-24V-58', green, 11)
    canvas.stroke('M10 -28H24V-52', darker(green, 0.15), 11)
    canvas.rect(-11, -92, 22, 94, green, { round: 11 })
    canvas.rect(3, -88, 8, 88, darker(green, 0.35), { round: 4, opacity: 0.4 })
    for (const x of [-5, 1, 6]) canvas.stroke(`M${x} -84V-4`, lighter(green, 0.3), 0.8, { opacity: 0.6 })
    for (const [x, y] of [
      [0, -93],
      [-24, -65],
      [24, -59],
    ] as const) {
      for (const dx of [-3, 0, 3]) canvas.ellipse(x + dx, y - 1, 2.4, 4, '#e2739f', { turn: dx * 12 })
    }
  },
}

const mushroom: Subject = {
  words: ['mushroom', 'toadstool', 'fungu', 'fungi'],
  habitat: 'land',
  home: 'forest',
  width: 90,
  height: 90,
  size: 0.44,
  draw(canvas, tones) {
    const cap = tones.main('#cf4532')
    const one = (): void => {
      canvas.path('M-11 0C-15 -4 -9 -24 -8 -44H8C9 -24 15 -4 11 0Z', '#f5ead6')
      canvas.path('M2 0C6 -14 4 -30 3 -44H8C9 -24 15 -4 11 0Z', '#b79f85', { opacity: 0.5 })
      canvas.path('M-16 -36Q0 -28 16 -36L10 -44H-10Z', '#e9d9bd')
      canvas.path('M-40 -42C-38 -72 -18 -86 0 -86C18 -86 38 -72 40 -42C26 -36 -26 -36 -40 -42Z', cap)
      canvas.path(
        'M10 -85C26 -82 38 -66 40 -42C34 -39.500 26 -38.500 18 -38C26 -54 22 -74 10 -85Z',
        darker(cap, 0.3),
        { opacity: 0.5 },
      )
      for (const [x, y, r] of [
        [-20, -58, 6],
        [-2, -72, 5],
        [10, -54, 7],
        [26, -60, 4],
        [-30, -46, 3.5],
        [-8, -48, 3],
      ] as const)
        canvas.ellipse(x, y, r, r * 0.8, '#fff7e8')
    }
    canvas.ellipse(0, 0, 44, 4, '#0d0b1a', { opacity: 0.22 })
    canvas.group({ x: 34, y: 1, scale: 0.48 }, one)
    canvas.group({ x: -6, y: 0, scale: 1 }, one)
  },
}

export const plants: readonly Subject[] = [mushroom, cactus, palm, bouquet, tree]
