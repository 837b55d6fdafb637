import { darker, lighter } from '../colour.ts'
import type { Subject } from './subject.ts'

const sailboat: Subject = {
  words: ['boat', 'sailboat', 'yacht', 'sail', 'ship', 'schooner', 'galleon', 'dinghy', 'ferry'],
  habitat: 'water',
  home: 'sea',
  width: 84,
  height: 104,
  size: 0.48,
  draw(canvas, tones) {
    const hull = tones.main('#a8432f')
    canvas.ellipse(0, 3, 46, 3, '#0d1430', { opacity: 0.25 })
    canvas.rect(-1.3, -100, 2.6, 88, '#6a4b3a')
    canvas.path('M3 -97C30 -74 36 -44 37 -22L3 -18Z', '#fbf3e2')
    canvas.path('M3 -97C14 -74 16 -44 15 -19.500L3 -18Z', '#d9cdb8', { opacity: 0.55 })
    for (const [y, x] of [
      [-76, 20],
      [-58, 29],
      [-40, 34],
    ] as const)
      canvas.stroke(`M3 ${y + 3}Q${x * 0.5} ${y + 4} ${x} ${y}`, '#d2c3a6', 0.7)
    canvas.path('M-3 -90C-20 -66 -32 -44 -38 -22L-3 -18Z', lighter(hull, 0.45))
    canvas.path('M-3 -90C-8 -66 -12 -44 -14 -19.500L-3 -18Z', darker(hull, 0.2), { opacity: 0.25 })
    canvas.polygon(
      [
        [0, -104],
        [14, -100.5],
        [0, -97],
      ],
      '#e3b04b',
    )
    canvas.path('M-44 -14H46C42 -2 32 4 22 4H-24C-34 4 -41 -4 -44 -14Z', hull)
    canvas.path('M-42.500 -9H44.500L46 -14H-44Z', '#fbf3e2')
    canvas.path('M-38 -3C-33 3 -28 4 -24 4H22C30 4 37 0 41.500 -4Z', darker(hull, 0.4))
    if (tones.isDark) {
      canvas.circle(-30, -18, 2.4, '#ffdf94', { lit: true })
      canvas.glow(-30, -18, 14, '#ffdf94', 0.7)
    }
    for (const [x, half] of [
      [-14, 34],
      [22, 30],
    ] as const)
      canvas.ellipse(x, 6, half, 1.5, '#f2fafa', { opacity: 0.5 })
  },
}

const car: Subject = {
  words: ['car', 'automobile', 'van', 'taxi', 'bus', 'truck', 'camper'],
  habitat: 'land',
  home: 'city',
  width: 124,
  height: 58,
  size: 0.3,
  draw(canvas, tones) {
    const paint = tones.main('#d2553d')
    canvas.ellipse(0, 1, 60, 4, '#0d0b1a', { opacity: 0.3 })
    canvas.path('M-34 -32C-28 -50 -22 -56 -8 -56H16C30 -56 38 -46 44 -32Z', paint)
    const glass = tones.isDark ? '#ffd98a' : '#bfe0e8'
    canvas.path('M-28 -33C-23 -46 -19 -51 -9 -51H1V-33Z', glass, { lit: tones.isDark })
    canvas.path('M6 -51H15C25 -51 31 -44 36 -33H6Z', glass, { lit: tones.isDark })
    canvas.path(
      'M-60 -12C-62 -26 -54 -32 -38 -33H42C56 -32 62 -26 61 -12C61 -8 58 -7 55 -7H-55C-58 -7 -60 -8 -60 -12Z',
      paint,
    )
    canvas.path(
      'M-60 -12C-60 -14 60 -16 61 -12C61 -8 58 -7 55 -7H-55C-58 -7 -60 -8 -60 -12Z',
      darker(paint, 0.35),
    )
    canvas.stroke('M-52 -26C-20 -29 20 -29 54 -26', lighter(paint, 0.4), 1.3)
    canvas.rect(8, -26, 8, 2, darker(paint, 0.4), { round: 1 })
    canvas.ellipse(-57, -22, 3, 4, '#fff0b8', { lit: true })
    canvas.ellipse(58, -21, 2.5, 4, '#e8604c', { lit: true })
    if (tones.isDark)
      canvas.polygon(
        [
          [-59, -24],
          [-59, -19],
          [-140, -4],
          [-140, -34],
        ],
        canvas.linear(
          [
            [0, '#fff0b8', 0],
            [1, '#fff0b8', 0.5],
          ],
          0,
        ),
        { opacity: 0.6 },
      )
    for (const x of [-34, 34]) {
      canvas.circle(x, -10, 13, '#23222d')
      canvas.circle(x, -10, 6.5, '#cfd5da')
      canvas.circle(x, -10, 2.4, '#5b6270')
    }
  },
}

const bicycle: Subject = {
  words: ['bicycle', 'bike', 'cyclist', 'tricycle'],
  habitat: 'land',
  home: 'meadow',
  width: 112,
  height: 74,
  size: 0.36,
  draw(canvas, tones) {
    const frame = tones.main('#2b8688')
    canvas.ellipse(0, 1, 56, 3, '#0d0b1a', { opacity: 0.22 })
    for (const x of [-33, 33]) {
      for (let spoke = 0; spoke < 8; spoke += 1) {
        const angle = (spoke * Math.PI) / 8
        const [dx, dy] = [Math.cos(angle) * 21, Math.sin(angle) * 21]
        canvas.stroke(`M${x - dx} ${-22 - dy}L${x + dx} ${-22 + dy}`, '#aeb6bd', 0.6)
      }
      canvas.stroke(`M${x - 21} -22A21 21 0 1 1 ${x + 21} -22A21 21 0 1 1 ${x - 21} -22Z`, '#2c2a35', 3)
      canvas.circle(x, -22, 2.8, '#5b6270')
    }
    canvas.stroke('M-33 -22L-14 -52H20L0 -22ZM-14 -52L0 -22M20 -52L33 -22', frame, 3.4)
    canvas.stroke('M-14 -52L-17 -60M20 -52L17 -64', frame, 3)
    canvas.path('M-27 -60C-22 -64 -12 -63 -7 -60C-12 -57 -22 -57 -27 -60Z', '#5b3a2e')
    canvas.stroke('M17 -64C22 -70 30 -66 27 -60', '#5b3a2e', 3)
    canvas.circle(0, -22, 5.5, '#4b5261')
    canvas.stroke('M0 -22L5 -13M1 -12H9', '#2c2a35', 2)
    canvas.path('M28 -56H46L43 -40H31Z', '#c99a62')
    for (const [x, y, colour] of [
      [32, -60, '#f0c244'],
      [38, -63, '#ea94ab'],
      [43, -59, '#f6f2ea'],
    ] as const) {
      canvas.circle(x, y, 4, '#5d8f56')
      canvas.circle(x, y - 2, 3, colour)
    }
  },
}

const rocket: Subject = {
  words: ['rocket', 'spaceship', 'spacecraft', 'shuttle'],
  habitat: 'air',
  home: 'space',
  width: 56,
  height: 120,
  size: 0.58,
  draw(canvas, tones) {
    const fin = tones.main('#d9503c')
    canvas.group({ x: 0, y: 0, turn: 22 }, () => {
      canvas.glow(0, 6, 34, '#ffb347', 0.8)
      canvas.path('M-11 -14C-16 8 -6 18 0 34C6 18 16 8 11 -14Z', '#f79a3c', { lit: true })
      canvas.path('M-6 -14C-9 2 -3 8 0 18C3 8 9 2 6 -14Z', '#ffe7a0', { lit: true })
      for (const side of [-1, 1])
        canvas.path(
          `M${side * 14} -44C${side * 30} -34 ${side * 31} -16 ${side * 27} -6C${side * 22} -14 ${side * 16} -18 ${side * 11} -18Z`,
          darker(fin, side > 0 ? 0.25 : 0.05),
        )
      canvas.path('M-15 -18C-24 -56 -14 -92 0 -112C14 -92 24 -56 15 -18Z', '#f3f1ec')
      canvas.path('M4 -105C16 -86 24 -54 15 -18H6C14 -50 12 -84 4 -105Z', '#6f7a93', { opacity: 0.4 })
      canvas.path(
        'M-11.500 -92C-8 -100 -4 -107 0 -112C4 -107 8 -100 11.500 -92C5 -89 -5 -89 -11.500 -92Z',
        fin,
      )
      canvas.circle(0, -66, 9.5, '#5b6580')
      canvas.circle(0, -66, 7, '#7fd0e0', { lit: tones.isDark })
      canvas.path('M-5 -69C-4 -72 -1 -73 2 -72C-1 -71 -3 -69 -4 -66Z', '#ffffff', { opacity: 0.85 })
      canvas.rect(-16.5, -24, 33, 6, '#5b6580', { round: 2 })
      canvas.path('M-3 -40H3V-14Q0 -8 -3 -14Z', fin)
    })
  },
}

const balloon: Subject = {
  words: ['hot air', 'balloon', 'airship', 'zeppelin'],
  habitat: 'air',
  home: 'mountains',
  width: 72,
  height: 108,
  size: 0.48,
  draw(canvas, tones) {
    const silk = tones.main('#d9593f')
    const stripes = ['#f6e3bd', silk, '#f6e3bd', silk]
    canvas.stroke('M-12 -34L-7 -14M12 -34L7 -14M-4 -34L-3 -14M4 -34L3 -14', '#5b4335', 0.9)
    canvas.path(
      'M-36 -72C-36 -94 -20 -108 0 -108C20 -108 36 -94 36 -72C36 -54 20 -44 13 -34H-13C-20 -44 -36 -54 -36 -72Z',
      silk,
    )
    for (const [index, half] of [30, 22, 13, 5].entries()) {
      canvas.path(
        `M0 -108C${-half * 1.2} -104 ${-half * 1.22} -56 ${-half * 0.4} -34H${half * 0.4}C${half * 1.22} -56 ${half * 1.2} -104 0 -108Z`,
        stripes[index] ?? silk,
      )
    }
    canvas.path('M8 -107C26 -102 36 -90 36 -72C36 -54 20 -44 13 -34H6C22 -58 24 -88 8 -107Z', '#2a1a3f', {
      opacity: 0.18,
    })
    canvas.path('M-24 -92C-30 -82 -30 -70 -26 -62C-29 -74 -27 -84 -18 -98Z', '#ffffff', { opacity: 0.35 })
    canvas.rect(-8.5, -15, 17, 13, '#a9714a', { round: 2.5 })
    canvas.rect(-9.5, -16, 19, 3.6, '#6a4b3a', { round: 1.6 })
    canvas.glow(0, -30, 12, '#ffcf7a', 0.8)
  },
}

const train: Subject = {
  words: ['train', 'locomotive', 'tram', 'railway'],
  habitat: 'land',
  home: 'mountains',
  width: 170,
  height: 64,
  size: 0.3,
  draw(canvas, tones) {
    const paint = tones.main('#2f6b5e')
    canvas.rect(-160, -2, 330, 2.6, '#5b5560')
    for (let x = -156; x < 168; x += 12) canvas.rect(x, 0.6, 7, 3, '#6a4b3a')
    for (const [x, y, r] of [
      [-58, -72, 7],
      [-46, -84, 10],
      [-28, -94, 13],
      [-4, -100, 15],
    ] as const)
      canvas.circle(x, y, r, '#f3efe8', { opacity: 0.72 })
    canvas.rect(-72, -42, 62, 28, paint, { round: 8 })
    canvas.rect(-20, -58, 32, 46, paint, { round: 3 })
    canvas.rect(-24, -61, 40, 5, darker(paint, 0.4), { round: 2 })
    canvas.rect(-64, -58, 9, 18, darker(paint, 0.45))
    canvas.rect(-67, -61, 15, 5, '#d9a441', { round: 1 })
    canvas.ellipse(-42, -43, 6, 5, '#d9a441')
    canvas.circle(-73, -30, 4.5, '#fff0b8', { lit: true })
    const glass = tones.isDark ? '#ffd98a' : '#cfe6ea'
    canvas.rect(-14, -52, 20, 14, glass, { round: 2, lit: tones.isDark })
    for (const x of [22, 96]) {
      canvas.rect(x, -50, 68, 36, '#c8694b', { round: 4 })
      canvas.rect(x - 2, -53, 72, 5, darker('#c8694b', 0.4), { round: 2 })
      for (let index = 0; index < 4; index += 1)
        canvas.rect(x + 5 + index * 15.5, -43, 11, 13, glass, { round: 1.5, lit: tones.isDark })
      for (const dx of [14, 54]) canvas.circle(x + dx, -8, 7, '#2c2a35')
    }
    canvas.rect(-76, -16, 92, 5, darker(paint, 0.5))
    for (const x of [-58, -36, -4]) {
      canvas.circle(x, -10, 10, '#2c2a35')
      canvas.circle(x, -10, 4.5, '#d9a441')
    }
    canvas.stroke('M-58 -10H-4', '#aeb6bd', 2)
  },
}

export const vehicles: readonly Subject[] = [rocket, balloon, bicycle, sailboat, train, car]
