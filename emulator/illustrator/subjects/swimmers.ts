import { darker, lighter } from '../colour.ts'
import type { Subject } from './subject.ts'

const whale: Subject = {
  words: ['whale', 'orca', 'dolphin'],
  habitat: 'water',
  home: 'sea',
  width: 150,
  height: 84,
  size: 0.4,
  draw(canvas, tones) {
    const skin = tones.main('#4b7399')
    canvas.path(
      'M52 -30C66 -34 72 -46 66 -62C74 -62 80 -56 82 -52C86 -58 94 -60 100 -58C96 -42 84 -22 58 -14Z',
      darker(skin, 0.12),
    )
    canvas.path(
      'M-72 -20C-74 -50 -46 -64 -16 -62C22 -60 44 -34 66 -28C58 -8 30 4 -10 4C-46 4 -70 -4 -72 -20Z',
      skin,
    )
    canvas.path(
      'M-72 -22C-62 -24 -40 -20 -22 -14C0 -8 24 -8 44 -10C30 0 10 4 -10 4C-46 4 -70 -4 -72 -22Z',
      '#e9eef0',
    )
    for (const y of [-14, -8, -3])
      canvas.stroke(`M-64 ${y - 2}Q-40 ${y} -20 ${y + 4}`, darker('#e9eef0', 0.2), 0.9)
    canvas.path('M-18 -12C-10 -2 -2 6 12 8C14 -4 6 -14 -6 -16Z', darker(skin, 0.25))
    canvas.circle(-46, -30, 2.8, '#1c2233')
    canvas.circle(-46.8, -31, 0.9, '#ffffff', { lit: true })
    canvas.stroke('M-70 -22Q-58 -26 -48 -22', darker(skin, 0.4), 1.2)
    canvas.path('M-40 -60C-20 -62 10 -58 30 -44C10 -52 -16 -56 -40 -52Z', lighter(skin, 0.3), {
      opacity: 0.5,
    })
    canvas.stroke('M-26 -66C-28 -78 -36 -84 -44 -80M-24 -66C-24 -82 -14 -88 -6 -82', '#eaf6fa', 2.6, {
      opacity: 0.85,
    })
    // Where it breaks the surface.
    for (const [x, y, half] of [
      [-30, 5, 50],
      [30, 6, 40],
    ] as const)
      canvas.ellipse(x, y, half, 2.4, '#eaf6fa', { opacity: 0.45 })
  },
}

const fish: Subject = {
  words: ['fish', 'goldfish', 'koi', 'salmon', 'shark', 'trout'],
  habitat: 'water',
  home: 'underwater',
  width: 110,
  height: 70,
  size: 0.34,
  draw(canvas, tones) {
    const skin = tones.main('#ee8a3a')
    canvas.path(
      'M26 -34C40 -54 54 -60 58 -56C54 -46 52 -40 52 -34C52 -28 54 -20 58 -12C52 -8 40 -16 26 -34Z',
      darker(skin, 0.14),
    )
    canvas.path('M-12 -54C-4 -72 16 -70 22 -62C16 -58 14 -52 16 -46Z', darker(skin, 0.2))
    canvas.path('M-52 -32C-38 -56 4 -64 34 -34C4 -6 -38 -10 -52 -32Z', skin)
    canvas.path('M-52 -32C-38 -10 4 -6 34 -34C6 -18 -28 -20 -52 -32Z', lighter(skin, 0.4), { opacity: 0.75 })
    for (const x of [-22, 2])
      canvas.path(`M${x} -55Q${x + 9} -33 ${x} -13L${x + 7} -14Q${x + 15} -33 ${x + 7} -54Z`, '#fff6e8')
    canvas.path('M-10 -26C0 -18 4 -10 0 -4C-8 -6 -14 -14 -16 -24Z', darker(skin, 0.15))
    canvas.circle(-36, -36, 5, '#fffaf0')
    canvas.circle(-37, -36, 3, '#22202c')
    canvas.circle(-38, -37.2, 1, '#ffffff', { lit: true })
  },
}

const octopus: Subject = {
  words: ['octopus', 'squid', 'jellyfish', 'kraken'],
  habitat: 'water',
  home: 'underwater',
  width: 90,
  height: 96,
  size: 0.42,
  draw(canvas, tones) {
    const skin = tones.main('#c95f7c')
    for (const [x, sway] of [
      [-28, -22],
      [-17, -8],
      [-6, -10],
      [6, 10],
      [17, 8],
      [28, 22],
    ] as const) {
      canvas.stroke(
        `M${x} -44C${x + sway} -30 ${x - sway * 0.4} -18 ${x + sway * 0.9} -2q${sway * 0.5} 6 ${sway * 0.9} -2`,
        darker(skin, Math.abs(x) < 10 ? 0.05 : 0.2),
        8,
      )
    }
    canvas.path('M-34 -46C-40 -80 -22 -96 0 -96C22 -96 40 -80 34 -46C22 -36 -22 -36 -34 -46Z', skin)
    canvas.path(
      'M6 -95C26 -92 39 -76 34 -46C28 -41 20 -39 12 -38.6C24 -56 22 -80 6 -95Z',
      darker(skin, 0.25),
      { opacity: 0.5 },
    )
    for (const [x, y, r] of [
      [-18, -82, 4],
      [-24, -70, 2.6],
      [-8, -88, 2.4],
    ] as const)
      canvas.circle(x, y, r, lighter(skin, 0.35), { opacity: 0.8 })
    for (const side of [-1, 1]) {
      canvas.circle(side * 12, -58, 6.4, '#fff7ee')
      canvas.circle(side * 12 + 1, -57, 3.6, '#2a2030')
      canvas.circle(side * 12 + 2.2, -58.6, 1.2, '#ffffff', { lit: true })
    }
    canvas.stroke('M-5 -48Q0 -44 5 -48', '#2a2030', 1.5)
  },
}

export const swimmers: readonly Subject[] = [whale, octopus, fish]
