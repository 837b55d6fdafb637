import type { Diagnostic } from '../config/diagnostic.ts'
import { formatBytes, formatUsd } from '../../shared/format.ts'
import { count } from './format.ts'
import type { ImageReport, Report } from './json.ts'
import { cell, type Table, withinLimit } from './markdown-table.ts'
import { possiblyBilledText } from './possibly-billed.ts'

/** GitHub drops a whole summary above 1 MiB. This leaves room for what else the step writes. */
const SUMMARY_MAX_BYTES = 1_000_000

const IN_REPORT = ', in the report (report-path)'

/** Room for URLs, and for the paths of the images that may have been billed. */
const SENTENCES_MAX_CHARACTERS = 1500

/** The URL at which an image can be viewed, if there is one. */
export type ImageUrl = (image: ImageReport) => string | undefined

/** The step summary of a plan or a run, as Markdown within GitHub's limits. */
export function summaryOf(
  report: Report,
  {
    notices,
    imageUrl,
    maxBytes = SUMMARY_MAX_BYTES,
  }: {
    readonly notices: readonly string[]
    readonly imageUrl: ImageUrl
    readonly maxBytes?: number
  },
): string {
  const images = report.images.toSorted((a, b) => rank(a) - rank(b))
  const doubt = possiblyBilledText(
    images.filter((image) => image.may_have_been_billed).map(({ path }) => path),
    report.totals.may_have_been_billed_usd ?? undefined,
  )
  const busy = images.filter((image) => kindOf(image) !== 'up to date')
  const idle = images.filter((image) => kindOf(image) === 'up to date')
  const head = [
    '## Easel',
    '',
    headline(report),
    ...notices.flatMap((notice) => ['', `> ${cell(notice, SENTENCES_MAX_CHARACTERS)}`]),
    ...(report.stopped_by === undefined ? [] : ['', `> Stopped early: ${cell(report.stopped_by)}`]),
    ...(doubt === undefined ? [] : ['', `> ${cell(doubt, SENTENCES_MAX_CHARACTERS)}`]),
    '',
  ]
  const tables = [
    imageTable(busy, imageUrl),
    foldedTable(`${count(idle.length, 'image')} up to date`, imageTable(idle, imageUrl)),
    {
      open: ['', '| Orphan | File |', '| --- | --- |'],
      rows: report.orphans.map(({ path, file }) => `| ${cell(path)} | ${file ?? 'not removed'} |`),
      close: [],
    },
    { open: ['', '**Warnings**', ''], rows: report.warnings.map(item), close: [] },
  ]
  return withinLimit(head, tables, { maxBytes, more: IN_REPORT })
}

/** The step summary for an invalid config: every mistake, in the order of the file. */
export function problemsSummary(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  const head = [
    '## Easel',
    '',
    `${count(errors.length, 'mistake')} in the config; nothing was generated.`,
    '',
  ]
  return withinLimit(head, [{ open: [], rows: diagnostics.map(item), close: [] }], {
    maxBytes: SUMMARY_MAX_BYTES,
    more: IN_REPORT,
  })
}

/** A table of images. It has previews if at least one image has a URL. */
function imageTable(images: readonly ImageReport[], imageUrl: ImageUrl): Table {
  const previews = images.map((image) => preview(image, imageUrl))
  const hasPreviews = previews.some((html) => html !== '')
  return {
    open: hasPreviews
      ? ['| Image | Status | Model | Size | Cost | Preview |', '| --- | --- | --- | --- | ---: | --- |']
      : ['| Image | Status | Model | Size | Cost |', '| --- | --- | --- | --- | ---: |'],
    rows: images.map((image, index) => {
      const cells = imageCells(image)
      return `| ${(hasPreviews ? [...cells, previews[index]] : cells).join(' | ')} |`
    }),
    close: [],
  }
}

function foldedTable(title: string, { open, rows, close }: Table): Table {
  return {
    open: ['', `<details><summary>${title}</summary>`, '', ...open],
    rows,
    close: [...close, '', '</details>'],
  }
}

/** From what needs attention to what doesn't. */
const KINDS = ['failed', 'not tried', 'generated', 'drifted', 'planned', 'up to date'] as const

function kindOf({ outcome, status, action }: ImageReport): (typeof KINDS)[number] {
  if (outcome === 'failed') return 'failed'
  if (outcome === 'not-tried') return 'not tried'
  if (outcome === 'generated') return 'generated'
  if (status === 'drifted') return 'drifted'
  return action === 'generate' ? 'planned' : 'up to date'
}

function headline({ config, totals }: Report): string {
  const { planned, generated, failed, not_tried, cost_usd, estimate_usd, up_to_date } = totals
  const parts =
    generated === undefined
      ? [
          planned === 0
            ? 'Nothing to generate'
            : `**${count(planned, 'image')}** to generate, for about ${formatUsd(estimate_usd ?? undefined)}`,
        ]
      : [
          `**${count(generated, 'image')}** generated for ${formatUsd(cost_usd)}`,
          ...(failed ? [`**${failed} failed**`] : []),
          ...(not_tried ? [`${not_tried} not tried`] : []),
        ]
  return `${cell(config)}: ${[...parts, `${up_to_date} up to date`].join(', ')}.`
}

function imageCells(image: ImageReport): string[] {
  const { file } = image
  const size = file
    ? `${file.width}×${file.height}, ${formatBytes(file.bytes)}`
    : (image.size ?? ([image.aspect_ratio, image.image_size].filter(Boolean).join(' ') || 'default'))
  return [cell(image.path), statusText(image), cell(image.model), size, costText(image)]
}

function statusText(image: ImageReport): string {
  const kind = kindOf(image)
  if (image.error) return `❌ ${cell(image.error.message)}`
  const fields = image.changes.map(({ field }) => field).join(', ')
  const why = image.status === 'changed' ? `changed: ${cell(fields)}` : image.status
  return kind === 'generated' || kind === 'planned' || kind === 'not tried' ? `${kind} (${why})` : kind
}

function costText(image: ImageReport): string {
  const { cost_usd, estimate_usd, action, outcome } = image
  if (cost_usd !== undefined) return formatUsd(cost_usd)
  const estimate = estimate_usd === null ? 'unknown' : `about ${formatUsd(estimate_usd)}`
  if (image.may_have_been_billed) return `${estimate}?`
  return action === 'generate' && outcome === undefined ? estimate : ''
}

function preview(image: ImageReport, imageUrl: ImageUrl): string {
  const url = imageUrl(image)
  if (url === undefined) return ''
  const src = url.replaceAll('"', '%22')
  return `<a href="${src}"><img src="${src}" alt="${cell(image.alt ?? image.path)}" height="60"></a>`
}

function item({ file, line, column, severity, message }: Diagnostic): string {
  return `- ${cell(file)}:${line}:${column}: ${severity}: ${cell(message, 4096)}`
}

function rank(image: ImageReport): number {
  return KINDS.indexOf(kindOf(image))
}
