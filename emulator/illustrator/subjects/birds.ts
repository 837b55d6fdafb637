import { darker, lighter } from '../colour.ts'
import type { Subject } from './subject.ts'

const INK = '#25222e'

const songbird: Subject = {
  words: [
    'bird',
    'robin',
    'sparrow',
    'finch',
    'parrot',
    'hummingbird',
    'canary',
    'nightingale',
    'crow',
    'raven',
  ],
  habitat: 'land',
  home: 'forest',
  width: 92,
  height: 86,
  size: 0.34,
  draw(canvas, tones) {
    const coat = tones.main('#4a7fa8')
    canvas.stroke('M-70 0C-30 -4 30 2 78 -8', '#5b4335', 5)
    canvas.stroke('M40 -4C50 -14 54 -20 66 -22', '#5b4335', 3)
    for (const [x, y] of [
      [66, -22],
      [58, -16],
      [-52, -2],
    ] as const)
      canvas.ellipse(x, y - 3, 7, 3.4, '#5d8f56', { turn: -30 })
    canvas.path('M20 -26L58 -14L54 -6L16 -14Z', darker(coat, 0.35))
    canvas.path(
      'M-34 -60C-36 -80 -8 -88 4 -70C14 -56 34 -44 34 -26C32 -8 6 -2 -12 -10C-30 -18 -36 -40 -34 -60Z',
      coat,
    )
    canvas.path('M-34 -54C-36 -36 -30 -18 -12 -10C-2 -6 8 -6 14 -9C2 -20 -8 -44 -34 -54Z', '#ef9a5b')
    canvas.path('M-4 -52C14 -54 34 -40 44 -20C26 -16 4 -22 -4 -52Z', darker(coat, 0.25))
    canvas.path('M2 -44C16 -44 28 -36 36 -24C22 -24 8 -30 2 -44Z', lighter(coat, 0.2))
    canvas.polygon(
      [
        [-34, -64],
        [-46, -58],
        [-33, -56],
      ],
      '#e6a83c',
    )
    canvas.circle(-22, -65, 3.4, INK)
    canvas.circle(-23, -66.2, 1.1, '#ffffff', { lit: true })
    for (const x of [-6, 4]) canvas.stroke(`M${x} -10V-1M${x} -1l-4 2M${x} -1l4 1.6`, '#8a5a3c', 1.6)
  },
}

const owl: Subject = {
  words: ['owl'],
  habitat: 'land',
  home: 'forest',
  width: 70,
  height: 100,
  size: 0.38,
  draw(canvas, tones) {
    const coat = tones.main('#8a6547')
    canvas.stroke('M-64 -4C-30 -8 30 -1 68 -8', '#4b372d', 6)
    canvas.path(
      'M-30 -40C-34 -80 -20 -92 0 -92C20 -92 34 -80 30 -40C28 -14 14 -6 0 -6C-14 -6 -28 -14 -30 -40Z',
      coat,
    )
    canvas.polygon(
      [
        [-27, -82],
        [-28, -103],
        [-10, -91],
      ],
      coat,
    )
    canvas.polygon(
      [
        [27, -82],
        [28, -103],
        [10, -91],
      ],
      coat,
    )
    canvas.path('M-17 -52C-20 -30 -12 -12 0 -10C12 -12 20 -30 17 -52Z', '#ead7b4')
    for (const [y, half] of [
      [-44, 9],
      [-35, 10],
      [-26, 8],
    ] as const) {
      for (let x = -half; x <= half; x += half)
        canvas.path(`M${x - 3} ${y}Q${x} ${y + 6} ${x + 3} ${y}Z`, coat)
    }
    for (const side of [-1, 1]) {
      canvas.path(
        `M${side * 29} -56C${side * 38} -34 ${side * 30} -16 ${side * 18} -10C${side * 22} -28 ${side * 20} -44 ${side * 29} -56Z`,
        darker(coat, 0.35),
      )
      canvas.circle(side * 12, -71, 13, '#f3e6cb')
      canvas.circle(side * 12, -71, 9, tones.isDark ? '#ffc44d' : '#eeb04a', { lit: tones.isDark })
      canvas.circle(side * 12, -71, 5.2, INK)
      canvas.circle(side * 12 + 2, -73, 1.7, '#ffffff', { lit: true })
      canvas.stroke(`M${side * 10} -8v5M${side * 7} -7v5`, '#dc9b3f', 2.4)
    }
    canvas.path('M-4 -66Q0 -68 4 -66Q2 -58 0 -56Q-2 -58 -4 -66Z', '#dc9b3f')
  },
}

const penguin: Subject = {
  words: ['penguin'],
  habitat: 'land',
  home: 'sea',
  width: 60,
  height: 100,
  size: 0.38,
  draw(canvas, tones) {
    const coat = tones.main('#2b3550')
    canvas.ellipse(0, 0, 28, 4, '#141026', { opacity: 0.2 })
    for (const side of [-1, 1]) {
      canvas.ellipse(side * 10, -2, 9, 3.6, '#ec9c3c')
      canvas.path(
        `M${side * 24} -58C${side * 36} -42 ${side * 36} -26 ${side * 30} -18C${side * 24} -26 ${side * 22} -40 ${side * 24} -58Z`,
        darker(coat, 0.2),
      )
    }
    canvas.path(
      'M-26 -36C-28 -80 -20 -100 0 -100C20 -100 28 -80 26 -36C26 -12 16 -2 0 -2C-16 -2 -26 -12 -26 -36Z',
      coat,
    )
    canvas.path(
      'M0 -84C-6 -92 -18 -88 -17 -74C-16 -66 -20 -52 -19 -36C-18 -14 -10 -6 0 -6C10 -6 18 -14 19 -36C20 -52 16 -66 17 -74C18 -88 6 -92 0 -84Z',
      '#fbf7ee',
    )
    canvas.ellipse(0, -56, 12, 4, '#f4c25a', { opacity: 0.7 })
    for (const side of [-1, 1]) {
      canvas.circle(side * 9, -79, 2.8, INK)
      canvas.circle(side * 9 + 0.9, -80, 0.9, '#ffffff', { lit: true })
    }
    canvas.path('M-5 -73Q0 -77 5 -73Q2 -66 0 -65.4Q-2 -66 -5 -73Z', '#ec9c3c')
  },
}

const butterfly: Subject = {
  words: ['butterfly', 'moth'],
  habitat: 'air',
  home: 'meadow',
  width: 96,
  height: 76,
  size: 0.3,
  draw(canvas, tones) {
    const wing = tones.main('#e58a3c')
    for (const side of [-1, 1]) {
      canvas.path(
        `M${side * 2} -42C${side * 16} -80 ${side * 48} -84 ${side * 48} -62C${side * 48} -42 ${side * 22} -36 ${side * 2} -38Z`,
        darker(wing, 0.5),
      )
      canvas.path(
        `M${side * 5} -43C${side * 18} -73 ${side * 42} -76 ${side * 42} -61C${side * 42} -47 ${side * 22} -41 ${side * 5} -40Z`,
        wing,
      )
      canvas.path(
        `M${side * 2} -38C${side * 20} -38 ${side * 40} -30 ${side * 34} -12C${side * 28} 0 ${side * 8} -10 ${side * 2} -32Z`,
        darker(wing, 0.5),
      )
      canvas.path(
        `M${side * 5} -35C${side * 20} -35 ${side * 34} -28 ${side * 29} -15C${side * 24} -6 ${side * 10} -14 ${side * 5} -31Z`,
        lighter(wing, 0.25),
      )
      canvas.circle(side * 38, -70, 2, '#fff4dc')
      canvas.circle(side * 31, -56, 4, lighter(wing, 0.4))
      canvas.stroke(`M${side * 1} -58Q${side * 6} -72 ${side * 12} -76`, INK, 1.1)
    }
    canvas.ellipse(0, -38, 3, 21, INK)
  },
}

export const birds: readonly Subject[] = [owl, penguin, butterfly, songbird]
