import { darker, lighter } from '../colour.ts'
import type { Subject } from './subject.ts'

const cup: Subject = {
  words: ['coffee', 'cup', 'tea', 'mug', 'espresso', 'latte', 'cappuccino', 'cocoa', 'teapot'],
  habitat: 'table',
  home: 'room',
  width: 84,
  height: 84,
  size: 0.4,
  draw(canvas, tones) {
    const glaze = tones.main('#e9e1d2')
    canvas.ellipse(2, 0, 46, 5, '#1d1422', { opacity: 0.25 })
    canvas.ellipse(0, -3, 42, 6, darker(glaze, 0.12))
    canvas.ellipse(0, -4.5, 38, 4.5, lighter(glaze, 0.25))
    canvas.stroke('M26 -38C46 -40 46 -14 22 -16', glaze, 5.5)
    canvas.path('M-30 -46H30C30 -22 22 -6 8 -5H-8C-22 -6 -30 -22 -30 -46Z', glaze)
    canvas.path('M12 -46H30C30 -22 22 -6 8 -5H2C14 -14 16 -32 12 -46Z', darker(glaze, 0.35), {
      opacity: 0.35,
    })
    canvas.ellipse(0, -46, 30, 6, lighter(glaze, 0.2))
    canvas.ellipse(0, -45.5, 26, 4.6, '#5a3524')
    canvas.ellipse(-4, -46, 12, 2, '#a8744f', { opacity: 0.8 })
    for (const [x, tall] of [
      [-10, 30],
      [2, 36],
      [13, 28],
    ] as const) {
      canvas.stroke(
        `M${x} -52C${x - 7} ${-52 - tall * 0.33} ${x + 7} ${-52 - tall * 0.66} ${x} ${-52 - tall}`,
        '#ffffff',
        2.6,
        { opacity: 0.55 },
      )
    }
  },
}

const books: Subject = {
  words: ['book', 'novel', 'notebook', 'reading', 'dictionary', 'journal'],
  habitat: 'table',
  home: 'room',
  width: 110,
  height: 68,
  size: 0.36,
  draw(canvas, tones) {
    const cover = tones.main('#b5513f')
    canvas.ellipse(0, 1, 56, 4, '#1d1422', { opacity: 0.25 })
    for (const [y, x, w, colour] of [
      [-12, -48, 92, '#3d6f80'],
      [-23, -42, 86, '#d9a441'],
    ] as const) {
      canvas.rect(x, y, w, 12, colour, { round: 2 })
      canvas.rect(x + 6, y + 2.5, w - 5, 7, '#f8f0de', { round: 1 })
      canvas.rect(x + 10, y + 5, w - 12, 0.7, '#d3c4a6')
    }
    // The open one, on top.
    canvas.path(
      'M-52 -27C-34 -34 -14 -32 0 -25C14 -32 34 -34 52 -27V-31C34 -38 14 -36 0 -29C-14 -36 -34 -38 -52 -31Z',
      cover,
    )
    canvas.path('M0 -29C-14 -38 -34 -40 -49 -33L-45 -62C-32 -69 -12 -66 0 -57Z', '#fdf8ec')
    canvas.path('M0 -29C14 -38 34 -40 49 -33L45 -62C32 -69 12 -66 0 -57Z', '#f3ead6')
    canvas.path('M0 -29C-4 -32 -8 -34 -12 -35L-10 -63C-6 -62 -3 -60 0 -57Z', '#8a7a66', { opacity: 0.22 })
    for (let line = 0; line < 5; line += 1) {
      const y = -58 + line * 4.6
      canvas.stroke(`M-41 ${y}Q-24 ${y - 5} -8 ${y + 2}`, '#b7a98f', 0.9)
      if (line < 4) canvas.stroke(`M8 ${y + 2}Q24 ${y - 5} 41 ${y}`, '#b7a98f', 0.9)
    }
    canvas.path('M4 -30L7 -56L12 -58L9 -16L6 -19L3 -16Z', cover)
  },
}

const fruit: Subject = {
  words: ['fruit', 'apple', 'pear', 'orange', 'lemon', 'cherry', 'grape', 'peach', 'banana', 'still life'],
  habitat: 'table',
  home: 'room',
  width: 100,
  height: 66,
  size: 0.4,
  draw(canvas, tones) {
    const apple = tones.main('#cf4a38')
    canvas.ellipse(0, 1, 50, 4.5, '#1d1422', { opacity: 0.25 })
    canvas.path('M-22 -34C-24 -56 -12 -50 -10 -62C-8 -66 -2 -66 0 -62C2 -50 14 -56 12 -34Z', '#c3b04e')
    canvas.stroke('M-5 -64Q-5 -70 -1 -73', '#5b4335', 2)
    for (const [x, y, r, colour] of [
      [-24, -36, 16, apple],
      [24, -38, 17, '#ee9440'],
      [3, -36, 15, darker(apple, 0.12)],
    ] as const) {
      canvas.circle(x, y, r, colour)
      canvas.path(
        `M${x + r * 0.35} ${y - r * 0.92}A${r} ${r} 0 0 1 ${x + r * 0.3} ${y + r * 0.95}A${r * 1.15} ${r * 1.15} 0 0 0 ${x + r * 0.35} ${y - r * 0.92}Z`,
        darker(colour, 0.4),
        { opacity: 0.35 },
      )
      canvas.ellipse(x - r * 0.4, y - r * 0.45, r * 0.22, r * 0.16, '#ffffff', { opacity: 0.75, turn: -35 })
      canvas.stroke(`M${x} ${y - r + 1}q1 -5 4 -7`, '#5b4335', 1.6)
    }
    canvas.ellipse(-17, -55, 3, 7, '#6f9a58', { turn: 60 })
    const bowl = '#3d6a84'
    canvas.path('M-48 -30H48C46 -10 30 0 14 0H-14C-30 0 -46 -10 -48 -30Z', bowl)
    canvas.path('M20 -30H48C46 -10 30 0 14 0H6C20 -8 24 -20 20 -30Z', darker(bowl, 0.35), { opacity: 0.5 })
    canvas.rect(-50, -33, 100, 4.5, lighter(bowl, 0.2), { round: 2.2 })
    canvas.stroke('M-40 -18Q0 -10 40 -18', lighter(bowl, 0.45), 1.4, { opacity: 0.7 })
  },
}

const bottle: Subject = {
  words: ['bottle', 'jar', 'perfume', 'wine', 'potion', 'label', 'packaging', 'can'],
  habitat: 'table',
  home: 'room',
  width: 40,
  height: 106,
  size: 0.6,
  draw(canvas, tones) {
    const glass = tones.main('#3f7a63')
    canvas.ellipse(3, 0, 22, 3.5, '#1d1422', { opacity: 0.28 })
    canvas.path(
      'M-17 -4V-58C-17 -68 -7 -70 -7 -80V-94H7V-80C7 -70 17 -68 17 -58V-4C17 -1 15 0 13 0H-13C-15 0 -17 -1 -17 -4Z',
      glass,
    )
    canvas.path(
      'M5 -94H7V-80C7 -70 17 -68 17 -58V-4C17 -1 15 0 13 0H6C11 -20 10 -64 5 -72Z',
      darker(glass, 0.4),
      { opacity: 0.5 },
    )
    canvas.rect(-13, -58, 3, 46, '#ffffff', { round: 1.5, opacity: 0.4 })
    canvas.rect(-8, -104, 16, 13, '#c99a62', { round: 2 })
    canvas.rect(-17, -50, 34, 32, '#f8f0de')
    canvas.rect(-17, -47, 34, 1, '#c8694b')
    canvas.rect(-17, -22, 34, 1, '#c8694b')
    canvas.circle(0, -37, 5.5, '#c8694b')
    for (const y of [-29, -26]) canvas.rect(-9, y, 18, 1.1, '#8a7a66', { round: 0.5 })
  },
}

const laptop: Subject = {
  words: [
    'laptop',
    'computer',
    'code',
    'programmer',
    'keyboard',
    'software',
    'screen',
    'dashboard',
    'website',
    'terminal',
  ],
  habitat: 'table',
  home: 'room',
  width: 124,
  height: 78,
  size: 0.42,
  draw(canvas, tones) {
    const shell = tones.main('#c3cad2')
    canvas.ellipse(0, 1, 64, 4, '#1d1422', { opacity: 0.25 })
    canvas.rect(-48, -78, 96, 66, shell, { round: 4 })
    canvas.rect(-45, -75, 90, 59, '#1f2742', { round: 2, lit: true })
    canvas.glow(0, -46, 62, '#7fb0e8', 0.3)
    for (const [index, width] of [34, 52, 26, 44, 60, 30, 40].entries()) {
      const colour = ['#f08066', '#7fd0c8', '#f0c244', '#b3a2d9'][index % 4] ?? '#f08066'
      canvas.rect(-39 + (index % 3) * 6, -69 + index * 7, width, 2.6, colour, { round: 1.3, lit: true })
    }
    canvas.path('M-48 -12H48L62 -3C62 0 60 1 58 1H-58C-60 1 -62 0 -62 -3Z', lighter(shell, 0.2))
    canvas.polygon(
      [
        [-42, -10],
        [42, -10],
        [47, -6],
        [-47, -6],
      ],
      darker(shell, 0.4),
    )
    canvas.rect(-13, -4.5, 26, 3.5, darker(shell, 0.15), { round: 1 })
  },
}

const lamp: Subject = {
  words: ['lamp', 'lantern', 'candle', 'light bulb', 'lightbulb'],
  habitat: 'table',
  home: 'room',
  width: 60,
  height: 96,
  size: 0.5,
  draw(canvas, tones) {
    const shade = tones.main('#e9b44c')
    canvas.ellipse(0, 1, 26, 3.5, '#1d1422', { opacity: 0.25 })
    canvas.glow(0, -70, 74, '#ffdf94', 0.6)
    canvas.ellipse(0, -3, 19, 4, '#5b4a3f')
    canvas.rect(-2, -56, 4, 54, '#8a6a4f')
    canvas.ellipse(0, -24, 7, 9, '#8a6a4f')
    canvas.path('M-16 -94H16L29 -54H-29Z', shade, { lit: true })
    canvas.path('M4 -94H16L29 -54H10Z', darker(shade, 0.3), { opacity: 0.4 })
    canvas.ellipse(0, -54, 29, 3.6, '#fff0c4', { lit: true })
  },
}

export const things: readonly Subject[] = [cup, books, fruit, bottle, laptop, lamp]
