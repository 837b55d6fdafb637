import type { Canvas } from '../canvas.ts'
import { darker, lighter } from '../colour.ts'
import type { Subject, Tones } from './subject.ts'

const LAMP = '#fff2b8'

export const lighthouse: Subject = {
  words: ['lighthouse', 'beacon'],
  habitat: 'land',
  home: 'sea',
  width: 46,
  height: 100,
  size: 0.6,
  draw(canvas, tones) {
    if (tones.isDark) drawBeams(canvas)
    drawHouse(canvas, tones)
    drawTower(canvas, tones)
    drawLantern(canvas, tones)
  },
}

function drawBeams(canvas: Canvas): void {
  const right = canvas.linear(
    [
      [0, LAMP, 0.75],
      [0.35, LAMP, 0.28],
      [1, LAMP, 0],
    ],
    0,
  )
  const left = canvas.linear(
    [
      [0, LAMP, 0],
      [0.65, LAMP, 0.28],
      [1, LAMP, 0.75],
    ],
    0,
  )
  canvas.polygon(
    [
      [0, -79],
      [150, -103],
      [150, -76],
    ],
    right,
    { opacity: 0.65 },
  )
  canvas.polygon(
    [
      [0, -79],
      [-240, -62],
      [-240, -100],
    ],
    left,
    { opacity: 0.65 },
  )
}

function drawTower(canvas: Canvas, tones: Tones): void {
  const band = tones.main('#c8402f')
  const wall = band === '#f6f2ea' ? '#c8402f' : '#f7f0e3'
  const ring = (top: number, bottom: number, colour: string): void =>
    canvas.polygon(
      [
        [-half(top), top],
        [half(top), top],
        [half(bottom), bottom],
        [-half(bottom), bottom],
      ],
      colour,
    )
  ring(-70, 0, wall)
  for (const top of [-70, -42, -14]) ring(top, top + 14, band)
  // The side away from the light.
  canvas.polygon(
    [
      [1.6, -70],
      [half(-70), -70],
      [half(0), 0],
      [3.2, 0],
    ],
    '#26305a',
    { opacity: 0.2 },
  )
  canvas.polygon(
    [
      [-half(-70), -70],
      [-half(-70) + 1.8, -70],
      [-half(0) + 2.8, 0],
      [-half(0), 0],
    ],
    '#ffffff',
    { opacity: 0.22 },
  )
  const glass = tones.isDark ? '#ffd978' : '#35506b'
  for (const y of [-57, -31]) {
    canvas.rect(-1.6, y - 3, 3.2, 6, darker(wall, 0.35), { round: 1.6 })
    canvas.rect(-1.1, y - 2.4, 2.2, 5, glass, { round: 1.1, lit: tones.isDark })
  }
  canvas.rect(-3, -9.5, 6, 9.5, '#4b3a39', { round: 2.6 })
  canvas.rect(-3, -5, 6, 5, '#4b3a39')
}

function drawLantern(canvas: Canvas, tones: Tones): void {
  const iron = '#2e3346'
  const roof = tones.main('#b5382b')
  canvas.polygon(
    [
      [-8, -72.5],
      [8, -72.5],
      [6.2, -69],
      [-6.2, -69],
    ],
    lighter(iron, 0.12),
  )
  canvas.rect(-9.4, -74, 18.8, 1.8, iron, { round: 0.6 })
  canvas.rect(-5, -86, 10, 12.4, tones.isDark ? LAMP : '#d7ebee', { lit: tones.isDark })
  for (const x of [-5, -1.9, 1.2, 4.3]) canvas.rect(x, -86, 0.75, 12.4, iron)
  canvas.path('M-6.6 -85.6 C-6.2 -92 -2.6 -94.4 0 -95.2 C2.6 -94.4 6.2 -92 6.6 -85.6 Z', roof)
  canvas.path('M0 -95.2 C2.6 -94.4 6.2 -92 6.6 -85.6 L2 -85.6 Z', '#26305a', { opacity: 0.25 })
  canvas.circle(0, -96, 1.5, iron)
  canvas.rect(-0.35, -100, 0.7, 4, iron)
  // The railing.
  for (const x of [-9, -6, -3, 0, 3, 6, 8.6]) canvas.rect(x, -78, 0.45, 4.2, iron)
  canvas.rect(-9.4, -78.3, 18.8, 0.6, iron)
  if (!tones.isDark) return
  canvas.glow(0, -80, 34, '#ffe9a6', 0.85)
  canvas.circle(0, -80, 2.9, '#fffdf0', { lit: true })
}

/** Half the tower's width, from 6.2 under the gallery to 11.4 on the ground. */
function half(y: number): number {
  return 6.2 + (5.2 * (y + 70)) / 70
}

/** Where the keeper lives. */
function drawHouse(canvas: Canvas, tones: Tones): void {
  const wall = '#efe4d2'
  canvas.rect(8, -12.5, 20, 12.5, wall)
  canvas.rect(20, -12.5, 8, 12.5, '#26305a', { opacity: 0.14 })
  canvas.polygon(
    [
      [6, -12.2],
      [11, -20.5],
      [25.5, -20.5],
      [30, -12.2],
    ],
    '#8c4a3f',
  )
  canvas.polygon(
    [
      [21, -20.5],
      [25.5, -20.5],
      [30, -12.2],
      [23.5, -12.2],
    ],
    '#26305a',
    { opacity: 0.18 },
  )
  canvas.rect(21.5, -24, 3, 5, '#7a5a50')
  const glass = tones.isDark ? '#ffc95e' : '#47627a'
  for (const x of [13, 21]) {
    canvas.rect(x - 0.5, -9.5, 5, 5.4, '#ffffff', { round: 0.4 })
    canvas.rect(x, -9, 4, 4.4, glass, { lit: tones.isDark })
    canvas.rect(x + 1.75, -9, 0.5, 4.4, '#ffffff')
    if (tones.isDark) canvas.glow(x + 2, -6.8, 9, '#ffc95e', 0.5)
  }
}
