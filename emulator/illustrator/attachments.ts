import { escapeXml, text } from './caption.ts'
import type { Stage } from './stage.ts'
import type { Thumbnail } from './thumbnail.ts'

/** What a request brings along beside its words. */
export interface Attachments {
  readonly prints: readonly Thumbnail[]
  readonly swatches: readonly Thumbnail[]
  readonly fonts: readonly FontTitle[]
}

interface FontTitle {
  readonly font_url: string
  readonly text: string
}

/** Input images as prints, references as a row of swatches, the texts of fonts as titles. */
export function drawAttachments(stage: Stage, { prints, swatches, fonts }: Attachments): void {
  const { unit, width } = stage
  const isRight = stage.focusX < width / 2
  for (const [index, print] of prints.slice(0, 4).entries()) {
    const size = unit * 23
    const x = isRight ? width - unit * 5 - size - index * unit * 9 : unit * 5 + index * unit * 9
    drawPrint(stage, print, x, unit * (5 + index * 2), size, index % 2 === 0 ? -3 : 3)
  }
  for (const [index, swatch] of swatches.entries()) {
    const size = unit * 9
    drawPrint(stage, swatch, unit * 5 + index * size * 1.25, unit * 40, size, 0)
  }
  if (swatches.length > 0) {
    stage.canvas.raw(
      text(
        `sharpened with ${swatches.length} ${swatches.length === 1 ? 'reference' : 'references'}`,
        unit * 5,
        unit * 38,
        unit * 2.4,
        '#fff7e8',
      ),
    )
  }
  for (const [index, font] of fonts.entries()) drawTitle(stage, font, index)
}

function drawPrint(
  { canvas, unit }: Stage,
  { url, ratio }: Thumbnail,
  x: number,
  y: number,
  size: number,
  turn: number,
): void {
  const [w, h] = ratio > 1 ? [size, size / ratio] : [size * ratio, size]
  const border = unit * 0.9
  canvas.group({ x: x + w / 2, y: y + h / 2, turn }, () => {
    canvas.rect(
      -w / 2 - border + unit * 0.5,
      -h / 2 - border + unit * 0.7,
      w + 2 * border,
      h + 2.6 * border,
      '#0b1026',
      { opacity: 0.25, round: unit * 0.3 },
    )
    canvas.rect(-w / 2 - border, -h / 2 - border, w + 2 * border, h + 2.6 * border, '#fffaf0', {
      lit: true,
      round: unit * 0.3,
    })
    canvas.raw(
      `<image x="${-w / 2}" y="${-h / 2}" width="${w}" height="${h}" href="${escapeXml(url)}" preserveAspectRatio="xMidYMid slice"/>`,
    )
  })
}

function drawTitle({ canvas, unit, width, height, palette }: Stage, font: FontTitle, index: number): void {
  const size = Math.min(unit * 11, (width * 0.84) / Math.max(4, font.text.length * 0.6))
  const y = height * 0.16 + index * size * 1.25
  const source = font.font_url.split('/').at(-1) ?? ''
  canvas.raw(
    text(
      font.text,
      width / 2 + size * 0.03,
      y + size * 0.04,
      size,
      palette.isDark ? '#0b1026' : '#3a4a63',
      'middle',
      800,
    ),
  )
  canvas.raw(text(font.text, width / 2, y, size, '#fff8ea', 'middle', 800))
  canvas.raw(
    text(`set in ${source}`, width / 2, y + size * 0.34, Math.max(9, size * 0.17), '#fff8ea', 'middle'),
  )
}
