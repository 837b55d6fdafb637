import type { Stage } from './stage.ts'

const ELLIPSIS = '…'
const MAX_LINES = 2

/** Nunito's widths in em, near enough to break lines: narrow letters, wide ones, the rest. */
function widthOf(words: string): number {
  let em = 0
  for (const letter of words) {
    if (/[iljtfrI.,:;'|!()\s]/.test(letter)) em += 0.29
    else if (/[mwMWQO@%&—]/.test(letter)) em += 0.86
    else if (/\p{Lu}/u.test(letter)) em += 0.68
    else if (/[\u2e80-\uffef]/.test(letter)) em += 1
    else em += 0.54
  }
  return em
}

/** Breaks at words, and inside a word only when it is longer than a line; the rest becomes "…". */
export function wrap(words: string, widthInEm: number, maxLines = MAX_LINES): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of words.split(/\s+/).filter((part) => part !== '')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (widthOf(longer) <= widthInEm) {
      line = longer
      continue
    }
    if (line !== '') lines.push(line)
    line = word
    if (lines.length >= maxLines) break
  }
  lines.push(line)
  if (lines.length <= maxLines && lines.every((part) => widthOf(part) <= widthInEm)) return lines
  return lines.slice(0, maxLines).map((part, index) => {
    const isLast = index === Math.min(lines.length, maxLines) - 1
    return widthOf(part) > widthInEm || isLast ? shortened(part, widthInEm) : part
  })
}

function shortened(words: string, widthInEm: number): string {
  let letters = Array.from(words)
  while (letters.length > 1 && widthOf(letters.join('')) > widthInEm - 0.9) letters = letters.slice(0, -1)
  return `${letters.join('').trimEnd()}${ELLIPSIS}`
}

/** The prompt, small, along the bottom. */
export function drawCaption(stage: Stage, prompt: string, transparent: boolean): void {
  const { canvas, width, height, unit, palette } = stage
  const size = Math.max(9, Math.min(unit * 2.35, width / 26))
  const margin = unit * 4.2
  const lines = wrap(prompt, (width - 2 * margin) / (size * 1.02))
  const isPlain = transparent || canvas.isLineArt || stage.reading.styles.has('watercolor')
  if (!isPlain) {
    const shade = palette.isDark ? '#070b1c' : '#101a2c'
    const top = height - size * (lines.length * 1.35 + 4.4)
    canvas.rect(
      0,
      top,
      width,
      height - top,
      canvas.linear([
        [0, shade, 0],
        [0.6, shade, 0.42],
        [1, shade, 0.68],
      ]),
    )
  }
  const colour = isPlain ? '#5b6478' : '#fff7e8'
  for (const [index, line] of lines.entries()) {
    const y = height - margin * 0.72 - (lines.length - 1 - index) * size * 1.35
    canvas.raw(text(line, margin, y, size, colour))
  }
}

/** One line of text, set in the illustrator's own font. */
export function text(
  words: string,
  x: number,
  y: number,
  size: number,
  colour: string,
  anchor = 'start',
  weight = 600,
): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-family="Nunito" font-weight="${weight}" font-size="${size.toFixed(1)}" letter-spacing="${(size * 0.02).toFixed(2)}" text-anchor="${anchor}" fill="${colour}">${escapeXml(words)}</text>`
}

/** Also drops what XML can't hold. */
export function escapeXml(words: string): string {
  return words
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
