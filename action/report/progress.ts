import type { Doubt } from '../generate/doubts.ts'
import type { ImageResult, OnProgress, ProgressEvent } from '../generate/results.ts'
import { formatUsd } from '../../shared/format.ts'
import { count, seconds } from './format.ts'
import { oneLine, shorten } from './one-line.ts'
import { type Paint, paintFor } from './paint.ts'
import { adoptedText, factsOf, failureText } from './result-lines.ts'

/** Braille dots, which every terminal font has. */
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const FRAME_MS = 100

/** Images in flight that are shown by name. */
const SHOWN_MAX = 12

/** Shows what happens. */
export interface Progress {
  readonly onProgress: OnProgress
  /** The results that it has printed for good, which need not be printed again at the end. */
  readonly printed: ReadonlySet<ImageResult['outcome']>
}

/**
 * Shows progress: live on a terminal, as plain lines elsewhere.
 *
 * @param output  where results go as they come, if not to the same stream
 */
export async function createProgress(
  stream: NodeJS.WriteStream,
  output: NodeJS.WriteStream = stream,
): Promise<Progress> {
  const paint = paintFor(stream)
  if (!stream.isTTY || process.env['TERM'] === 'dumb') {
    const write = (line: string): void => void stream.write(`${line}\n`)
    const writeResult = (line: string): void => void output.write(`${line}\n`)
    return { onProgress: lineProgress(write, paint, writeResult), printed: PRINTED_AS_LINES }
  }
  const { createLogUpdate } = await import('log-update')
  return {
    onProgress: liveProgress(createLogUpdate(stream), stream, paint),
    printed: new Set(output.isTTY ? ['failed'] : []),
  }
}

/** What {@link lineProgress} prints. */
export const PRINTED_AS_LINES: Progress['printed'] = new Set(['generated', 'adopted', 'failed'])

/** One line for each finished image. */
export function lineProgress(
  write: (line: string) => void,
  paint: Paint,
  writeResult: (line: string) => void = write,
): OnProgress {
  let total = 0
  let finished = 0
  return (event) => {
    switch (event.type) {
      case 'begin':
        total = event.total
        for (const line of openingLines(event)) write(line)
        break
      case 'finish':
        if (event.result.outcome === 'adopted') writeResult(finishLine(event.result, paint))
        else if (event.result.outcome === 'generated' || event.result.outcome === 'failed') {
          finished++
          writeResult(`[${finished}/${Math.max(total, finished)}] ${finishLine(event.result, paint)}`)
        }
        break
      case 'note':
        write(oneLine(event.message))
        break
      case 'start':
      case 'end':
    }
  }
}

interface LiveArea {
  (...text: string[]): void
  clear(): void
  /** Shows the cursor again. */
  done(): void
  persist(...text: string[]): void
}

function liveProgress(area: LiveArea, stream: NodeJS.WriteStream, paint: Paint): OnProgress {
  const inFlight = new Map<string, number>()
  let total = 0
  let finished = 0
  let spentUsd = 0
  let estimateUsd: number | undefined
  let frame = 0
  let timer: NodeJS.Timeout | undefined

  function render(): void {
    const now = performance.now()
    const width = Math.max(20, (stream.columns ?? 80) - 14)
    const shown = [...inFlight].slice(0, SHOWN_MAX)
    const more = inFlight.size - shown.length
    const spinner = paint('cyan', FRAMES[frame++ % FRAMES.length] ?? '')
    const money =
      estimateUsd === undefined
        ? formatUsd(spentUsd)
        : `${formatUsd(spentUsd)} of about ${formatUsd(estimateUsd)}`
    area(
      [
        ...shown.map(
          ([path, begun]) =>
            `  ${spinner} ${shorten(oneLine(path), width)}  ${paint('dim', seconds(now - begun))}`,
        ),
        ...(more > 0 ? [paint('dim', `    and ${more} more`)] : []),
        `  ${finished} of ${total} · ${money}`,
      ].join('\n'),
    )
  }

  return (event) => {
    switch (event.type) {
      case 'begin':
        ;({ total, estimateUsd } = event)
        for (const line of openingLines(event)) area.persist(line)
        if (total === 0) return
        timer = setInterval(render, FRAME_MS)
        break
      case 'start':
        inFlight.set(event.path, performance.now())
        break
      case 'finish': {
        const { result } = event
        inFlight.delete(result.planned.image.path)
        if (result.outcome === 'generated') spentUsd += result.entry.cost_usd ?? 0
        if (result.outcome === 'generated' || result.outcome === 'failed') finished++
        // The table at the end lists what was generated. Failures must not wait until then.
        if (result.outcome === 'failed') area.persist(`  ${finishLine(result, paint)}`)
        break
      }
      case 'note':
        area.persist(`  ${oneLine(event.message)}`)
        break
      case 'end':
        clearInterval(timer)
        area.clear()
        area.done()
        return
    }
    if (timer) render()
  }
}

function openingLines({ total, estimateUsd, doubts }: ProgressEvent & { readonly type: 'begin' }): string[] {
  const price = estimateUsd === undefined ? 'at an unknown price' : `about ${formatUsd(estimateUsd)}`
  return [...doubts.map(doubtLine), ...(total > 0 ? [`Generating ${count(total, 'image')}, ${price}.`] : [])]
}

function doubtLine({ path, billedUsd, estimateUsd }: Doubt): string {
  const what =
    billedUsd === undefined
      ? `may have been billed (${estimateUsd === undefined ? 'unknown price' : `about ${formatUsd(estimateUsd)}`})`
      : `was billed ${formatUsd(billedUsd)}`
  return `${oneLine(path)} was in flight when an earlier run ended: it ${what} and did not arrive. It counts towards this run’s limit.`
}

function finishLine(result: ImageResult, paint: Paint): string {
  const path = oneLine(result.planned.image.path)
  if (result.outcome === 'generated') return `${paint('green', '✓')} ${path}  ${factsOf(result).join('  ')}`
  if (result.outcome === 'failed') {
    return `${paint('red', '✗')} ${failureText(result)}`
  }
  if (result.outcome === 'adopted') return `${paint('green', '=')} ${adoptedText(result.planned)}`
  return `- ${path}`
}
