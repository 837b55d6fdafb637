import { stripVTControlCharacters } from 'node:util'

/** A command and what it printed, with ANSI colours. */
export interface Step {
  readonly command: string
  readonly output: string
}

/** A change of colour: `ESC [ number m`. */
const COLOUR_CODE = new RegExp(`(${String.fromCharCode(27)}\\[\\d+m)`)

/** Pixels. A character of every common monospace font is about 0.6 of its size wide; `textLength` makes it exact. */
const FONT = 14
const CHARACTER = 8.4
const LINE = 20
const PADDING = 20
const BAR = 32

/** When a line appears, seconds. */
const AFTER_COMMAND = 0.7
const AFTER_LINE = 0.08
const AFTER_STEP = 1.4

/** Of ANSI codes, on the dark background. */
const COLOURS: Readonly<Record<string, string>> = {
  '31': '#ff7b72',
  '32': '#7ee787',
  '33': '#e3b341',
  '36': '#79c0ff',
}

const STYLE = `
text { font: ${FONT}px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #e6edf3; white-space: pre }
g { opacity: 0; animation: appear 0.01s linear forwards }
@keyframes appear { to { opacity: 1 } }
@media (prefers-reduced-motion: reduce) { g { opacity: 1; animation: none } }
`

/** A recording as SVG: lines appear one after the other, and stay. Whoever wants no motion sees all of them at once. */
export function terminalSvg(steps: readonly Step[]): string {
  let at = 0.4
  const lines = steps.flatMap(({ command, output }, index) => {
    const shown = [{ text: `\u001B[32m$\u001B[39m ${command}`, at }]
    at += AFTER_COMMAND
    for (const text of ['', ...output.split('\n'), ...(index < steps.length - 1 ? [''] : [])]) {
      shown.push({ text, at })
      at += AFTER_LINE
    }
    at += AFTER_STEP
    return shown
  })
  const columns = Math.max(...lines.map(({ text }) => stripVTControlCharacters(text).length))
  const width = Math.ceil(columns * CHARACTER) + 2 * PADDING
  const height = BAR + lines.length * LINE + PADDING
  const rows = lines.map(
    ({ text, at: seconds }, row) =>
      `<g style="animation-delay:${seconds.toFixed(2)}s">${spans(text, BAR + (row + 1) * LINE - 5)}</g>`,
  )
  const title = steps.map(({ command }) => command).join(', then ')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}">
<style>${STYLE}</style>
<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>
<circle cx="20" cy="17" r="5" fill="#ff5f57"/><circle cx="38" cy="17" r="5" fill="#febc2e"/><circle cx="56" cy="17" r="5" fill="#28c840"/>
${rows.filter((row) => row.includes('<text')).join('\n')}
</svg>
`
}

/** A line as one element for each stretch of one colour, each at its column. */
function spans(line: string, y: number): string {
  let column = 0
  let style = ''
  return line
    .split(COLOUR_CODE)
    .map((part) => {
      if (COLOUR_CODE.test(part)) {
        style = styleOf(part.slice(2, -1))
        return ''
      }
      const x = PADDING + column * CHARACTER
      column += part.length
      if (part.trim() === '') return ''
      const length = (part.length * CHARACTER).toFixed(1)
      return `<text x="${x.toFixed(1)}" y="${y}" textLength="${length}"${style} xml:space="preserve">${escape(part)}</text>`
    })
    .join('')
}

function styleOf(code: string): string {
  if (code === '1') return ' style="font-weight:bold"'
  if (code === '2') return ' style="fill:#8b949e"'
  const colour = COLOURS[code]
  return colour === undefined ? '' : ` style="fill:${colour}"`
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
